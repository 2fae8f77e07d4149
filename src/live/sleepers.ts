import { refreshed, type Allocation, type Network, type Settled } from '../plan/index.ts'
import type { Command } from '../scsynth/index.ts'

/** Which voices sleep, since nobody plays them and they are silent, and what they must be told when they wake. */
export class Sleepers {
  /** Synths that paused themselves, since they are silent, and the block in which they did. */
  readonly #off = new Map<number, number>()
  /** Watchers that were told to run, and the block from which on they do: what is heard of earlier ones is no news. */
  readonly #woken = new Map<number, number>()
  /** Devices of sleeping voices (by group) whose smoothed controls have moved meanwhile. */
  readonly #stale = new Map<number, Set<string>>()
  /** Sleeping voices (by group) that have not heard how they are bent and pressed. */
  readonly #missed = new Set<number>()
  /** Devices with something on its way, smoothed, and the block in which it arrives. */
  readonly #moving = new Map<string, number>()

  /** What the engine tells of a synth. */
  hear(id: number, what: 'off' | 'on' | 'end', block: number): void {
    if (what === 'off') this.#off.set(id, block)
    else this.#off.delete(id)
    if (what === 'end') this.#woken.delete(id)
  }

  isOff(id: number): boolean {
    return (this.#off.get(id) ?? -1) >= (this.#woken.get(id) ?? 0)
  }

  /** Notes after a block are not played after all. */
  unwake(after: number): void {
    for (const [id, block] of this.#woken) if (block > after) this.#woken.delete(id)
  }

  forget(): void {
    this.#off.clear()
    this.#woken.clear()
    this.#stale.clear()
    this.#missed.clear()
    this.#moving.clear()
  }

  /** A voice is not told, in its sleep, how it is bent and pressed. */
  miss(group: number): void {
    this.#missed.add(group)
  }

  /** Whether a voice has missed something in its sleep, of which it is to be told now. */
  makeUpFor(group: number): boolean {
    return this.#missed.delete(group)
  }

  /**
   * Pauses voices that are let go and silent.
   *
   * @param faded groups of voices that are silent since they have faded
   */
  sleep(
    from: Allocation,
    network: Network,
    isHeld: (voice: number) => boolean,
    faded: ReadonlySet<number>,
    block: number,
  ): Settled {
    if (from.voices.every(({ paused }) => paused)) return { commands: [], allocation: from }
    const awake = [...from.voices.keys()].filter((voice) => !from.voices[voice]?.paused && !isHeld(voice))
    const watchers = network.nodes.filter(({ watched }) => watched)
    const isSilent = (voice: number): boolean =>
      watchers.length > 0 &&
      watchers.every(({ name }) => this.isOff(from.nodes.get(name)?.instances[voice]?.id ?? -1))
    const asleep = awake.filter((voice) => faded.has(from.voices[voice]?.group ?? -1) || isSilent(voice))
    if (asleep.length === 0) return { commands: [], allocation: from }
    const voices = from.voices.map((voice, i) => (asleep.includes(i) ? { ...voice, paused: true } : voice))
    const groups = new Set(asleep.map((voice) => from.voices[voice]?.group))
    const commands = [
      ...[...groups].map((id): Command => ({ call: '/n_run', id: id as number, run: false })),
      ...(voices.every(({ paused }) => paused) ? atRest(from) : []),
    ]
    for (const [name, until] of this.#moving) if (until <= block) this.#moving.delete(name)
    for (const group of groups) this.#addStale(group as number, [...this.#moving.keys()])
    const leaving = from.leaving.map((one) => (groups.has(one.group) ? { ...one, until: block } : one))
    return { commands, allocation: { ...from, voices, leaving } }
  }

  /** Bears all synths of some voices anew: nothing is left of what they were. */
  renew(from: Allocation, groups: Iterable<number>): Settled {
    const commands: Command[] = []
    let allocation = from
    for (const group of groups) {
      const voice = allocation.voices.findIndex((one) => one.group === group)
      if (voice < 0) continue
      const fresh = refreshed(allocation, voice, allocation.nodes.keys())
      this.#stale.delete(group)
      commands.push(...fresh.commands)
      allocation = fresh.allocation
    }
    return { commands, allocation }
  }

  /** Has a voice run again, with the values that its controls have by now, and without synths whose state is spoilt. */
  wake(from: Allocation, voice: number, poisoned: ReadonlySet<number>): Settled {
    const place = from.voices[voice]
    if (place?.paused !== true) return { commands: [], allocation: from }
    const spoilt = [...from.nodes].flatMap(([name, { instances }]) =>
      poisoned.has(instances[voice]?.id ?? -1) ? [name] : [],
    )
    const stale = this.#stale.get(place.group) ?? []
    const { commands, allocation } = refreshed(from, voice, new Set([...stale, ...spoilt]))
    this.#stale.delete(place.group)
    return {
      commands: [...commands, { call: '/n_run', id: place.group, run: true }],
      allocation: { ...allocation, voices: from.voices.with(voice, { ...place, paused: false }) },
    }
  }

  /**
   * Has what watches a voice watch again: a watcher that paused itself does not wake with its group. It may pause itself
   * until the very block, so it is told in any case.
   */
  watch({ nodes }: Allocation, network: Network, voice: number, block: number): Command[] {
    return network.nodes.flatMap(({ name, watched }): Command[] => {
      const id = watched ? nodes.get(name)?.instances[voice]?.id : undefined
      if (id === undefined) return []
      this.#woken.set(id, block)
      return [{ call: '/n_run', id, run: true }]
    })
  }

  /** Something of these devices is on its way until a block: in a voice that falls asleep before, it would go on at its next note. */
  move(names: readonly string[], until: number, voices: Allocation['voices']): void {
    for (const name of names) this.#moving.set(name, until)
    for (const { group, paused } of voices) if (paused) this.#addStale(group, names)
  }

  #addStale(group: number, names: readonly string[]): void {
    if (names.length === 0) return
    this.#stale.set(group, new Set([...(this.#stale.get(group) ?? []), ...names]))
  }

  /** What was set on synths that do not run would be smoothed only when they do. */
  mark(commands: readonly Command[], { voices, nodes }: Allocation, until: number): void {
    const groups = new Set(voices.map(({ group }) => group))
    for (const group of this.#stale.keys()) if (!groups.has(group)) this.#stale.delete(group)
    for (const group of this.#missed) if (!groups.has(group)) this.#missed.delete(group)
    const idsOf = (calls: readonly Command['call'][]): Set<number> =>
      new Set(
        commands.flatMap((command) => ('id' in command && calls.includes(command.call) ? [command.id] : [])),
      )
    const [changed, born] = [idsOf(['/n_set', '/n_map']), idsOf(['/s_new'])]
    for (const [name, { node, instances }] of nodes)
      for (const [voice, { id }] of node.part === 'voice' ? instances.entries() : []) {
        const { group, paused } = voices[voice] as (typeof voices)[number]
        if (paused && changed.has(id)) this.#addStale(group, [name])
        if (!paused && (changed.has(id) || born.has(id))) this.#moving.set(name, until)
      }
  }
}

/** Control sums over voices none of which runs: nobody writes them, and they would keep what was there. */
function atRest({ nodes }: Allocation): Command[] {
  const values = [...nodes.values()].flatMap(({ node, mix }): [number, number][] =>
    mix === undefined || node.rate === 'audio' ? [] : [[mix, 0]],
  )
  return values.length === 0 ? [] : [{ call: '/c_set', values }]
}
