import { didYouMean, fail, listNames, show } from '../errors/index.ts'
import { limits, snapshotNameProblem, type Patch } from '../patch/index.ts'
import type { Synth } from './synth.ts'

const times = ['now', 'beat', 'bar'] as const

/** Refuses what is no time for a snapshot to come. @throws MegasynthError `invalid-value` */
export function checkTime(at: string): void {
  if (times.some((time) => time === at)) return
  fail({
    code: 'invalid-value',
    path: 'at',
    message: 'there is no such time',
    found: show(at),
    expected: listNames(times),
  })
}

/** Patches by name, in the order in which they were first stored. */
export class Snapshots {
  readonly #patches = new Map<string, Patch>()

  /** As they are now. */
  get all(): ReadonlyMap<string, Patch> {
    return new Map(this.#patches)
  }

  /** @throws MegasynthError `invalid-name`, `too-large` */
  store(name: string, patch: Patch): void {
    const problem = snapshotNameProblem(name)
    if (problem) fail(problem)
    if (!this.#patches.has(name) && this.#patches.size >= limits.snapshots)
      fail({
        code: 'too-large',
        path: show(name),
        message: 'there are too many snapshots',
        found: `${this.#patches.size} snapshots`,
        expected: `at most ${limits.snapshots}`,
      })
    this.#patches.set(name, patch)
  }

  /** @throws MegasynthError `unknown-snapshot` */
  get(name: string): Patch {
    return this.#patches.get(name) ?? unknown(name, [...this.#patches.keys()])
  }

  /** @throws MegasynthError `unknown-snapshot` */
  forget(name: string): void {
    if (!this.#patches.delete(name)) unknown(name, [...this.#patches.keys()])
  }
}

/** Puts patches by name in the place of all that a synth has stored. @throws MegasynthError as its `store` does */
export function refill(
  synth: Pick<Synth, 'snapshots' | 'store' | 'forget'>,
  snapshots: ReadonlyMap<string, Patch>,
): void {
  for (const name of synth.snapshots.keys()) synth.forget(name)
  for (const [name, patch] of snapshots) synth.store(name, patch)
}

function unknown(name: unknown, names: readonly string[]): never {
  return fail({
    code: 'unknown-snapshot',
    path: show(name),
    message: names.length === 0 ? 'nothing has been stored' : 'there is no such snapshot',
    expected: names.length === 0 ? 'a snapshot that was stored before' : listNames(names),
    ...(typeof name === 'string' && didYouMean(name, names)),
  })
}
