import { MegasynthError, type NoteEvent, type Patch } from '../../src/index.ts'
import type { LiveSynth } from '../../src/live/live-synth.ts'
import { randomEdit } from '../random-edits.ts'

/** What was done so far. */
export interface Tally {
  notes: number
  scheduled: number
  knobs: number
  edits: number
  refused: number
  panics: number
  probes: number
}

/** Seconds ahead for which something is played at a time. */
const lead = { least: 0.15, most: 0.8 }
/** Errors by which an edit is refused that closes a circle, sets nothing that there is, or is too large: no fault of the synth. */
const isFault = (error: unknown): boolean =>
  !(error instanceof MegasynthError) ||
  error.problems.some(({ code }) => code.startsWith('engine-') && code !== 'engine-limit') ||
  error.problems.some(({ code }) => code === 'invalid-plan' || code === 'invalid-synthdef')

/** Somebody who plays at random, the same for the same random numbers, and knows which keys are down. */
export class Performer {
  readonly tally: Tally = { notes: 0, scheduled: 0, knobs: 0, edits: 0, refused: 0, panics: 0, probes: 0 }
  readonly #synth: LiveSynth
  readonly #random: () => number
  readonly #pool: readonly Patch[]
  readonly #fail: (what: string) => void
  /** Keys that are down, or will be. */
  readonly #down: Extract<NoteEvent, { kind: 'off' }>[] = []
  readonly #changes = new Set<Promise<unknown>>()
  /** Second in which all that was played ahead is over. */
  #over = 0
  #nextPatch = 0

  /** @param fail takes what must not happen */
  constructor(synth: LiveSynth, random: () => number, pool: readonly Patch[], fail: (what: string) => void) {
    this.#synth = synth
    this.#random = random
    this.#pool = pool
    this.#fail = fail
  }

  /** Plays for some seconds. */
  async play(seconds: number, signal: AbortSignal): Promise<void> {
    const end = performance.now() + seconds * 1000
    while (performance.now() < end && !signal.aborted) {
      // some things are done in one go, most a little later than those before
      for (let count = this.#below(3); count >= 0; count--) this.#act()
      await new Promise((resolve) => setTimeout(resolve, this.#random() ** 2 * 60))
    }
  }

  /** Lifts every key by itself, and the pedals; done when all that was played ahead is over. */
  async letGo(): Promise<void> {
    await Promise.all(this.#changes)
    const at = Math.max(this.#over, this.#synth.time + lead.least)
    for (const key of this.#down.splice(0)) this.#synth.play(key, { at })
    for (const kind of ['sustain', 'sostenuto'] as const) this.#synth.play({ kind, down: false }, { at })
    while (this.#synth.time < at + 0.1) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n)
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T
  }

  /** Now, or at a time ahead. */
  #when(): { readonly at: number } | undefined {
    if (this.#random() < 0.6) return undefined
    const at = this.#synth.time + lead.least + this.#random() * (lead.most - lead.least)
    this.#over = Math.max(this.#over, at + 0.01)
    this.tally.scheduled++
    return { at }
  }

  #act(): void {
    const acts: readonly (readonly [share: number, act: () => void])[] = [
      [30, () => this.#strike()],
      [26, () => this.#release()],
      [6, () => this.#note()],
      [12, () => this.#express()],
      [14, () => this.#turn()],
      [9, () => this.#change()],
      [1, () => this.#tempo()],
      [1, () => this.#hush()],
      [1.5, () => this.#look()],
    ]
    let at = this.#random() * acts.reduce((sum, [share]) => sum + share, 0)
    try {
      acts.find(([share]) => (at -= share) < 0)?.[1]()
    } catch (error) {
      this.#fail(`a call threw: ${String(error)}`)
    }
  }

  #channel(): { readonly channel?: number } {
    return this.#random() < 0.7 ? {} : { channel: this.#below(3) }
  }

  #strike(): void {
    if (this.#down.length > 6) return this.#release()
    const key = { note: 30 + this.#below(70), id: `n${this.tally.notes++}`, ...this.#channel() }
    this.#synth.play({ kind: 'on', velocity: this.#random(), ...key }, this.#when())
    this.#down.push({ kind: 'off', ...key })
  }

  /** A key is not lifted before it is down: what is played ahead is lifted with the others, or after itself. */
  #release(): void {
    const [key] = this.#down.splice(this.#below(this.#down.length), 1)
    if (key === undefined) return
    const at = Math.max(this.#over, this.#synth.time + lead.least)
    this.#over = at
    if (this.#random() < 0.5 && this.#over <= this.#synth.time) this.#synth.play(key)
    else this.#synth.play(key, { at })
  }

  /** A note whose end is known as it begins. */
  #note(): void {
    const at = this.#synth.time + lead.least + this.#random() * 0.3
    const end = at + this.#random() * 0.2
    const key = { note: 30 + this.#below(70), id: `n${this.tally.notes++}` }
    this.#synth.play({ kind: 'on', velocity: 0.7, ...key }, { at })
    this.#synth.play({ kind: 'off', ...key }, { at: end })
    this.#over = Math.max(this.#over, end)
    this.tally.scheduled += 2
  }

  #express(): void {
    const channel = this.#channel()
    const event = this.#pick<() => NoteEvent>([
      () => ({ kind: 'bend', semitones: this.#random() * 4 - 2, ...channel }),
      () => ({ kind: 'pressure', value: this.#random(), ...channel }),
      () => ({ kind: 'timbre', value: this.#random(), ...channel }),
      () => ({ kind: 'sustain', down: this.#random() < 0.4, ...channel }),
      () => ({ kind: 'sostenuto', down: this.#random() < 0.4, ...channel }),
    ])
    // the pedals of single channels are lifted by all channels' pedals at the end
    this.#synth.play(event(), this.#when())
  }

  #turn(): void {
    const knobs = Object.keys(this.#synth.patch.knobs ?? {})
    if (knobs.length === 0) return
    this.tally.knobs++
    this.#synth.setKnob(this.#pick(knobs), this.#random(), this.#when())
  }

  #tempo(): void {
    if (this.#random() < 0.5) this.#synth.setTempo(60 + this.#below(120), this.#when())
    else this.#synth.setBeat(this.#below(64))
  }

  #hush(): void {
    this.tally.panics++
    this.#synth.play({ kind: this.#pick(['silence', 'allOff'] as const) })
  }

  #change(): void {
    if (this.#changes.size > 3) return
    const kind = this.#random()
    const { patch } = this.#synth
    if (kind < 0.12) {
      const next = this.#pool[this.#nextPatch++ % this.#pool.length] as Patch
      this.#await(this.#synth.apply(next))
    } else if (kind < 0.2) this.#await(this.#synth.undo())
    else if (kind < 0.25) this.#await(this.#synth.redo())
    else this.#await(this.#synth.edit(randomEdit(this.#random, patch)))
  }

  #await(change: Promise<unknown>): void {
    const done = change
      .then(() => this.tally.edits++)
      .catch((error: unknown) => {
        this.tally.refused++
        if (isFault(error)) this.#fail(`a change failed: ${String(error)}`)
      })
      .finally(() => this.#changes.delete(done))
    this.#changes.add(done)
  }

  #look(): void {
    this.tally.probes++
    const names = [...Object.keys(this.#synth.patch.devices), 'out']
    const looking = this.#random() < 0.3 ? this.#synth.tree() : this.#synth.probe(this.#pick(names))
    const done = looking
      .catch((error: unknown) => {
        // a device may have gone meanwhile
        if (isFault(error)) this.#fail(`a look failed: ${String(error)}`)
      })
      .finally(() => this.#changes.delete(done))
    this.#changes.add(done)
  }
}
