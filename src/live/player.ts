import type { ParsedPatch } from '../patch/index.ts'
import {
  atRest,
  createPerformance,
  dueBlock,
  glideAt,
  glided,
  keysOf,
  performed,
  regrouped,
  type Glides,
  type Keys,
  type KeySet,
  type NoteEvent,
  type Performance,
} from '../plan/index.ts'
import { Beats, type BeatState } from './beats.ts'
import { Knobs } from './knobs.ts'
import type { Played } from './synth.ts'
import { Timeline } from './timeline.ts'

/** Something to be done in some block. */
export type Happening =
  | { readonly kind: 'note'; readonly event: NoteEvent }
  /** `blocks`: how long it takes. Default: it is there at once. `since`, here as below: the block in which it was to begin. Default: this one. */
  | {
      readonly kind: 'knob'
      readonly name: string
      readonly position: number
      readonly blocks?: number
      readonly since?: number
    }
  | { readonly kind: 'tempo'; readonly tempo: number; readonly since?: number }
  | { readonly kind: 'beat'; readonly beat: number }
  | { readonly kind: 'running'; readonly running: boolean }
  /** Keys and pedals go up, and every voice fades. What else was to be played is forgotten as this is asked for. */
  | { readonly kind: 'panic' }

/** What a happening plays on the voices. */
const notesIn = (one: Happening): readonly NoteEvent[] =>
  one.kind === 'note' ? [one.event] : one.kind === 'panic' ? [{ kind: 'allOff' }, { kind: 'silence' }] : []

/** Whether a panic makes it be forgotten: the time goes on as it would have, and a bend that is to be taken back still is. */
export const isForgotten = (one: Happening): boolean =>
  one.kind === 'knob' || (one.kind === 'note' && !['bend', 'pressure', 'timbre'].includes(one.event.kind))

/** What is told of it. @param at the second at which it begins, unless it was to begin in a block. @param blockRate blocks per second */
export function asPlayed(happening: Happening, at: number, blockRate: number): Played {
  const { kind } = happening
  if (kind !== 'tempo' && kind !== 'knob') return { ...happening, at }
  const { since } = happening
  const begin = since === undefined ? at : since / blockRate
  if (kind === 'tempo') return { kind, tempo: happening.tempo, at: begin }
  const { name, position, blocks = 0 } = happening
  return { kind, name, position, at: begin, ...(blocks > 0 && { over: blocks / blockRate }) }
}

/** All there is to be known of what is played: voices, knobs on their way, and the beat. */
export interface PlayState extends Performance {
  /** The last block that was done, be there something to do in it or not. */
  readonly visited: number
  readonly glides: Glides
  readonly beats: BeatState
}

/** How all was before a block was done. */
export interface Past {
  readonly state: PlayState
  /** Where the knobs were, if some were to be turned. */
  readonly knobs?: ReadonlyMap<string, number>
}

/** Who plays what when: notes and knobs to come, and the voices, the knobs and the beat as they are. */
export class Player {
  readonly knobs = new Knobs()
  readonly beats: Beats
  readonly #timeline = new Timeline<Happening>()
  #performance: Performance
  /** The first block in which something is due in the performance, as soon as that was asked for: it is, in every look. */
  #due: number | undefined
  #glides: Glides = new Map()
  #visited = -1

  /** @param blockRate blocks per second */
  constructor(blockRate: number) {
    this.#performance = createPerformance(1 / blockRate)
    this.beats = new Beats(blockRate, (name, position) => this.knobs.turn(name, position))
  }

  /** All there is to be known of it, as a value. */
  get state(): PlayState {
    return {
      ...this.#performance,
      visited: this.#visited,
      glides: this.#glides,
      beats: this.beats.state,
    }
  }

  /** Goes back to what was. */
  set state({ visited, glides, beats, ...performance }: PlayState) {
    this.#perform(performance)
    this.#visited = visited
    this.#glides = glides
    this.beats.state = beats
  }

  /** How all is before something is done. */
  before(happenings: readonly Happening[]): Past {
    const { state } = this
    if (state.glides.size === 0 && happenings.every(({ kind }) => kind === 'note')) return { state }
    return { state, knobs: this.knobs.remember() }
  }

  /** Goes back to how it was, step by step, the last first. */
  restore(pasts: readonly Past[]): void {
    for (const { state, knobs } of pasts.toReversed()) {
      this.state = state
      if (knobs) this.knobs.restore(knobs)
    }
  }

  /** The first block to come in which something is to be done, or Infinity. */
  get nextBlock(): number {
    const busy = this.beats.state.untold || this.#glides.size > 0
    return Math.min(
      this.#timeline.nextBlock,
      (this.#due ??= dueBlock(this.#performance)),
      busy ? this.#visited + 1 : Infinity,
    )
  }

  /** Whether something that was given a block has not been done, although the block is past. */
  isLate(now: number): boolean {
    return this.#timeline.nextBlock < now
  }

  isHeld(voice: number): boolean {
    return this.#performance.voices.voices[voice]?.held === true
  }

  keysOf(voice: number): Required<Keys> {
    return keysOf(this.#performance.voices, voice)
  }

  /** The keys of a voice as they are set by now: its gate may be about to change. */
  keysSet(voice: number): Required<Keys> {
    return { ...this.keysOf(voice), gate: this.#performance.set[voice] ?? 0 }
  }

  add(block: number, happening: Happening): void {
    this.#timeline.add(block, happening)
  }

  /** Takes out what is to be done until a block. */
  take(block: number): Happening[] {
    return this.#timeline.takeUntil(block)
  }

  /** Drops what is to be played and turned later than in a block. */
  forget(after: number): void {
    this.#timeline.remove(after, isForgotten)
  }

  clear(): void {
    this.#timeline.clear()
  }

  /** Puts a knob somewhere at once, or sends it there; if it was on its way elsewhere, that is over. */
  turn(name: string, position: number, begin = 0, end = 0): void {
    const glides = new Map(this.#glides)
    const under = glides.get(name)
    const from = under ? glideAt(under, begin) : this.knobs.position(name)
    if (end > begin) glides.set(name, { from, to: position, begin, end })
    else {
      glides.delete(name)
      this.knobs.turn(name, position)
    }
    this.#glides = glides
  }

  /** Does what is to be done in a block; gives the keys that it sets. Knobs are turned, not yet written, and so is the tempo. */
  perform(block: number, happenings: readonly Happening[]): readonly KeySet[] {
    const events = happenings.flatMap(notesIn)
    for (const one of happenings)
      if (one.kind === 'knob') {
        const { name, position, blocks = 0, since = block } = one
        this.turn(name, position, since, since + blocks)
      } else if (one.kind === 'tempo') this.beats.setTempo(one.tempo, one.since ?? block)
      else if (one.kind === 'beat') this.beats.setBeat(one.beat, block)
      else if (one.kind === 'running') this.beats.setRunning(one.running, block)
    const { positions, glides } = glided(this.#glides, block)
    for (const [name, position] of positions) this.knobs.turn(name, position)
    const { state, sets } = performed(this.#performance, block, events)
    this.#glides = glides
    this.#perform(state)
    this.#visited = block
    return sets
  }

  /** Voices have come to silence. */
  rest(isSilent: (voice: number) => boolean): void {
    this.#perform(atRest(this.#performance, isSilent))
  }

  /** What takes all knobs of a patch to where they are to go. @param to default: where the patch declares them */
  towards(
    { knobs }: ParsedPatch,
    blocks: number,
    since: number,
    to?: ReadonlyMap<string, number>,
  ): Extract<Happening, { kind: 'knob' }>[] {
    return Object.entries(knobs)
      .map(([name, { value }]) => ({ name, position: to?.get(name) ?? value }))
      .filter(({ name, position }) => this.knobs.position(name) !== position || this.#glides.has(name))
      .map((knob) => ({ kind: 'knob', ...knob, blocks, since }))
  }

  /** From a block on the graph is another. Knobs that it put somewhere are not on their way any more. */
  renewed(block: number, put: readonly string[] = []): void {
    this.#visited = Math.min(this.#visited, block - 1)
    this.#glides = new Map([...this.#glides].filter(([name]) => !put.includes(name)))
  }

  /** Another patch plays on. */
  regroup(patch: ParsedPatch, kept: readonly (number | undefined)[], block: number): readonly KeySet[] {
    const { state, sets } = regrouped(this.#performance, patch, kept, block)
    this.#perform(state)
    return sets
  }

  #perform(performance: Performance): void {
    if (performance === this.#performance) return
    this.#performance = performance
    this.#due = undefined
  }
}
