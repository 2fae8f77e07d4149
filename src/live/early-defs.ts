import type { Engine } from '../engine/index.ts'
import type { Network, Plan } from '../plan/index.ts'
import type { Command } from '../scsynth/index.ts'
import { labelOf, labelsOf } from './names.ts'

type Ask = (ask: () => Promise<void>, what: string) => Promise<void>

/** Loads the SynthDefs of plans; those of a change to come ahead of it, so that it can begin on time. */
export class EarlyDefs {
  /** Loaded, and in no allocation yet. */
  readonly #early = new Set<string>()

  /** Loads what a plan needs and is not there yet. */
  async load(engine: Pick<Engine, 'load'>, { load }: Plan, network: Network, ask: Ask): Promise<void> {
    const missing = load.filter(({ name }) => !this.#early.has(name))
    const defs = missing.map(({ name, bytes }) => ({ name, bytes, label: labelOf(network, name) }))
    await ask(() => engine.load(defs), `load the SynthDefs of ${labelsOf(defs)}`)
  }

  /** What a plan needs has been loaded ahead of it. */
  add({ load }: Plan): void {
    for (const { name } of load) this.#early.add(name)
  }

  /** What a plan needs is in the allocation now, or is to be freed with it. */
  take({ load }: Pick<Plan, 'load'>): void {
    for (const { name } of load) this.#early.delete(name)
  }

  /** No change is to come: frees what was loaded for one and is not used. */
  free(): Command[] {
    const names = [...this.#early]
    this.#early.clear()
    return names.length === 0 ? [] : [{ call: '/d_free', names }]
  }
}
