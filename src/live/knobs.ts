import { didYouMean, fail, listNames, show } from '../errors/index.ts'
import type { ParsedPatch } from '../patch/index.ts'
import { knobBusValue } from '../plan/index.ts'
import type { Running } from './running.ts'

/** Where the knobs are, whatever patch they are in. */
export class Knobs {
  readonly #positions = new Map<string, number>()
  /** Positions as patches declared them last. */
  readonly #declared = new Map<string, number>()
  /** Turned since they were last written. */
  readonly #turned = new Set<string>()

  /** Position 0..1; 0 for one that was never there. */
  readonly position = (name: string): number => this.#positions.get(name) ?? 0

  turn(name: string, position: number): void {
    this.#positions.set(name, position)
    this.#turned.add(name)
  }

  /** Where all of them are now. */
  remember(): ReadonlyMap<string, number> {
    return new Map(this.#positions)
  }

  /** Back to where they were; what was turned since is written again. */
  restore(positions: ReadonlyMap<string, number>): void {
    for (const [name, position] of this.#positions)
      if (positions.get(name) !== position) this.turn(name, positions.get(name) ?? 0)
  }

  /** Knobs to be written. */
  takeTurned(): ReadonlySet<string> {
    const turned = new Set(this.#turned)
    this.#turned.clear()
    return turned
  }

  /**
   * Declared positions that changed are taken; the others stay where they were turned to, also while a knob is away.
   *
   * @param staying knobs that stay where they are for now, and go to where they are declared later; the others begin there
   */
  inPatch({ knobs }: ParsedPatch, staying?: ReadonlySet<string>): Map<string, number> {
    return new Map(
      Object.entries(knobs).map(([name, { value }]) => {
        const live = this.#positions.get(name)
        const goes = staying === undefined ? this.#declared.get(name) !== value : !staying.has(name)
        return [name, live === undefined || goes ? value : live]
      }),
    )
  }

  /**
   * The patch sounds now.
   *
   * @param planned positions that its plan was made with
   * @param isFirst nothing sounded before
   * @returns knobs that it put where it declares them
   */
  adopt(
    patch: ParsedPatch,
    planned: ReadonlyMap<string, number>,
    isFirst: boolean,
    staying?: ReadonlySet<string>,
  ): string[] {
    const put = Object.entries(patch.knobs).flatMap(([name, { value }]) =>
      this.#declared.get(name) === value || staying?.has(name) === true ? [] : [name],
    )
    for (const [name, position] of this.inPatch(patch, staying)) {
      // what is born reads what was planned, what stays reads what was before
      if (!isFirst && this.#positions.get(name) !== position) this.#turned.add(name)
      if (planned.get(name) !== position) this.#turned.add(name)
      this.#positions.set(name, position)
    }
    for (const [name, { value }] of Object.entries(patch.knobs)) this.#declared.set(name, value)
    return put
  }
}

/** Refuses a knob that a patch does not have. */
export function checkKnob(name: string, { knobs }: ParsedPatch): void {
  const names = Object.keys(knobs)
  if (names.includes(name)) return
  fail({
    code: 'unknown-knob',
    // it may be anything at a prompt
    path: typeof (name as unknown) === 'string' && name !== '' ? name : show(name),
    message: 'the patch has no such knob',
    expected: listNames(names),
    ...didYouMean(name, names),
  })
}

/** What is written for knobs that were turned: buses and their values, and the devices in voices that read them. */
export function turnedKnobs(
  { network, allocation }: Running,
  turned: ReadonlySet<string>,
  position: (knob: string) => number,
): {
  readonly values: readonly (readonly [bus: number, value: number])[]
  readonly names: readonly string[]
} {
  const keys = new Set<string>()
  const values = [...network.knobs].flatMap(([key, mapping]): [number, number][] => {
    const bus = allocation.knobBuses.get(key)
    if (bus === undefined || !mapping.terms.some(({ name }) => turned.has(name))) return []
    keys.add(key)
    return [[bus, knobBusValue(mapping, position)]]
  })
  const names = network.nodes.flatMap(({ name, part, controls }) =>
    part === 'voice' &&
    Object.values(controls).some((source) => source.kind === 'knobs' && keys.has(source.mapping))
      ? [name]
      : [],
  )
  return { values, names }
}
