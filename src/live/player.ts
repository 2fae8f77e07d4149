import type { ParsedPatch } from '../patch/index.ts'
import {
  atRest,
  createPerformance,
  dueBlock,
  keysOf,
  performed,
  regrouped,
  type Keys,
  type KeySet,
  type NoteEvent,
  type Performance,
} from '../plan/index.ts'
import { Beats } from './beats.ts'
import { Knobs } from './knobs.ts'
import { Timeline } from './timeline.ts'

/** Something to be done in some block. */
export type Happening =
  | { readonly kind: 'note'; readonly event: NoteEvent }
  | { readonly kind: 'knob'; readonly name: string; readonly position: number }
  | { readonly kind: 'tempo'; readonly tempo: number }
  | { readonly kind: 'beat'; readonly beat: number }

/** Who plays what when: notes and knobs to come, and the voices, the knobs and the beat as they are. */
export class Player {
  readonly knobs = new Knobs()
  readonly beats: Beats
  readonly #timeline = new Timeline<Happening>()
  #state: Performance

  /** @param blockRate blocks per second */
  constructor(blockRate: number) {
    this.#state = createPerformance(1 / blockRate)
    this.beats = new Beats(blockRate, (name, position) => this.knobs.turn(name, position))
  }

  /** All there is to be known of the voices: a value. */
  get state(): Performance {
    return this.#state
  }

  /** Goes back to what was. */
  set state(state: Performance) {
    this.#state = state
  }

  /** The first block to come in which something is to be done, or Infinity. */
  get nextBlock(): number {
    return this.beats.jumped ? 0 : Math.min(this.#timeline.nextBlock, dueBlock(this.#state))
  }

  isHeld(voice: number): boolean {
    return this.#state.voices.voices[voice]?.held === true
  }

  keysOf(voice: number): Required<Keys> {
    return keysOf(this.#state.voices, voice)
  }

  add(block: number, happening: Happening): void {
    this.#timeline.add(block, happening)
  }

  /** Takes out what is to be done until a block. */
  take(block: number): Happening[] {
    return this.#timeline.takeUntil(block)
  }

  clear(): void {
    this.#timeline.clear()
  }

  /** Does what is to be done in a block; gives the keys that it sets. Knobs are turned, not yet written, and so is the tempo. */
  perform(block: number, happenings: readonly Happening[]): readonly KeySet[] {
    const events = happenings.flatMap((one) => (one.kind === 'note' ? [one.event] : []))
    for (const one of happenings)
      if (one.kind === 'knob') this.knobs.turn(one.name, one.position)
      else if (one.kind === 'tempo') this.beats.setTempo(one.tempo, block)
      else if (one.kind === 'beat') this.beats.setBeat(one.beat, block)
    const { state, sets } = performed(this.#state, block, events)
    this.#state = state
    return sets
  }

  /** Voices have come to silence. */
  rest(isSilent: (voice: number) => boolean): void {
    this.#state = atRest(this.#state, isSilent)
  }

  /** Another patch plays on. */
  regroup(patch: ParsedPatch, kept: readonly (number | undefined)[], block: number): readonly KeySet[] {
    const { state, sets } = regrouped(this.#state, patch, kept, block)
    this.#state = state
    return sets
  }
}
