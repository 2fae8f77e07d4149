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
import type { Job, Step } from './jobs.ts'

/** To another patch. */
export const applying =
  (patch: Patch) =>
  (_: Patch, history: History): Step => ({ patch, history: record(history, patch) })

/** To the patch with a small edit. */
export const editing =
  (edit: Edit) =>
  (before: Patch, history: History): Step =>
    applying(edited(before, edit))(before, history)

/** Steps that go along the history, and know where the knobs were. */
export class Steps {
  /** Where the knobs were before a snapshot came, by the patch that it brought. */
  readonly #before = new WeakMap<Patch, ReadonlyMap<string, number>>()

  /**
   * To a snapshot, and its knobs to where it has them.
   *
   * @param over seconds
   * @param position where a knob is as it begins
   */
  recall(snapshot: Patch, over: number, position: (knob: string) => number): Job['step'] {
    return ({ knobs = {} }, history) => {
      // an object of its own: the same snapshot may come more than once
      const patch = { ...snapshot }
      const before = new Map(Object.keys(knobs).map((name) => [name, position(name)]))
      this.#before.set(patch, before)
      const moves = Object.entries(patch.knobs ?? {}).some(
        ([name, knob]) => before.get(name) !== (typeof knob === 'number' ? knob : knob.value),
      )
      return { patch, history: moves ? recorded(history, patch) : record(history, patch), travel: { over } }
    }
  }

  readonly undo: Job['step'] = (_, history) => {
    const back = undone(history)
    const to = this.#before.get(history.present)
    return back && { patch: back.present, history: back, ...(to && { travel: { over: 0, to } }) }
  }

  readonly redo: Job['step'] = (_, history) => {
    const on = redone(history)
    return (
      on && { patch: on.present, history: on, ...(this.#before.has(on.present) && { travel: { over: 0 } }) }
    )
  }
}
