import {
  edited,
  record,
  recorded,
  redone,
  undone,
  type Edit,
  type History,
  type Patch,
} from '../patch/index.ts'
import type { Job, Step, Travel } from './jobs.ts'
import type { Catalogue } from './running.ts'

/** To another patch, and if some are given to other device types. */
export const applying =
  (patch: Patch, catalogue?: Catalogue) =>
  (_: Patch, history: History): Step => ({
    patch,
    history: record(history, patch),
    ...(catalogue && { catalogue }),
  })

/** To the patch with a small edit. */
export const editing =
  (edit: Edit) =>
  (before: Patch, history: History): Step =>
    applying(edited(before, edit))(before, history)

/** Where the knobs and the tempo are as something begins. */
interface Place {
  readonly position: (knob: string) => number
  readonly tempo: () => number
}

/** Steps that go along the history, and know where the knobs and the tempo were. */
export class Steps {
  /** Where they were before a snapshot came, by the patch that it brought. */
  readonly #before = new WeakMap<Patch, Required<Pick<Travel, 'to' | 'tempo'>>>()

  /**
   * To a snapshot, and its knobs to where it has them.
   *
   * @param over seconds
   */
  recall(snapshot: Patch, over: number, { position, tempo }: Place): Job['step'] {
    return ({ knobs = {} }, history) => {
      // an object of its own: the same snapshot may come more than once
      const patch = { ...snapshot }
      const before = new Map(Object.keys(knobs).map((name) => [name, position(name)]))
      this.#before.set(patch, { to: before, tempo: tempo() })
      const moves = Object.entries(patch.knobs ?? {}).some(
        ([name, knob]) => before.get(name) !== (typeof knob === 'number' ? knob : knob.value),
      )
      return { patch, history: moves ? recorded(history, patch) : record(history, patch), travel: { over } }
    }
  }

  readonly undo: Job['step'] = (_, history) => {
    const back = undone(history)
    const before = this.#before.get(history.present)
    return back && { patch: back.present, history: back, ...(before && { travel: { over: 0, ...before } }) }
  }

  readonly redo: Job['step'] = (_, history) => {
    const on = redone(history)
    return (
      on && { patch: on.present, history: on, ...(this.#before.has(on.present) && { travel: { over: 0 } }) }
    )
  }
}
