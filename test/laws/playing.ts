import fc from 'fast-check'
import { parsedVoices, type ParsedVoices } from '../../src/patch/index.ts'
import { allocate, type NoteEvent, type VoiceChange, type Voices } from '../../src/plan/index.ts'

/** Notes near each other, so that they meet often. */
export const noteArbitrary = fc.integer({ min: 58, max: 66 })
const channel = fc.constantFrom(undefined, 0, 1, 2)
const level = fc.constantFrom(0, 0.25, 0.5, 1)
const id = fc.constantFrom(undefined, undefined, 'a', 'b')

/** What is not given is not there. */
const event = <T extends object>(parts: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<NoteEvent> =>
  fc
    .record(parts)
    .map(
      (all) =>
        Object.fromEntries(
          Object.entries(all).filter(([, value]) => value !== undefined),
        ) as unknown as NoteEvent,
    )
const kind = <K extends NoteEvent['kind']>(name: K): fc.Arbitrary<K> => fc.constant(name)

export const onArbitrary = event({ kind: kind('on'), note: noteArbitrary, velocity: level, id, channel })
const off = event({ kind: kind('off'), note: noteArbitrary, id, channel })
const down = fc.boolean()
/** Anything that can be played. */
const eventArbitrary: fc.Arbitrary<NoteEvent> = fc.oneof(
  { weight: 10, arbitrary: onArbitrary },
  { weight: 8, arbitrary: off },
  { weight: 2, arbitrary: event({ kind: kind('sustain'), down, channel }) },
  { weight: 2, arbitrary: event({ kind: kind('sostenuto'), down, channel }) },
  { weight: 2, arbitrary: event({ kind: kind('bend'), semitones: fc.constantFrom(-2, 0, 0.5, 2), channel }) },
  { weight: 2, arbitrary: event({ kind: kind('pressure'), value: level, channel }) },
  { weight: 1, arbitrary: event({ kind: kind('pressure'), value: level, channel, note: noteArbitrary }) },
  { weight: 1, arbitrary: event({ kind: kind('timbre'), value: level, channel }) },
  { weight: 1, arbitrary: event({ kind: kind('allOff'), channel }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'silence' as const }) },
)
/** Lifts one of the keys that are down, the newest is 0, or presses it harder: what is named at random seldom meets one. */
const touchArbitrary = fc.record({
  key: fc.nat({ max: 5 }),
  value: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: level }),
})

export const eventsArbitrary = fc
  .array(fc.oneof({ weight: 7, arbitrary: eventArbitrary }, { weight: 3, arbitrary: touchArbitrary }), {
    maxLength: 60,
    // else they are a few events long
    size: 'max',
  })
  .map((steps) => {
    let down: Extract<NoteEvent, { kind: 'on' }>[] = []
    return steps.flatMap((step): NoteEvent[] => {
      if ('kind' in step) {
        if (step.kind === 'on') down = [step, ...down]
        return [step]
      }
      const key = down[step.key]
      if (key === undefined) return []
      const { velocity: _, ...named } = key
      if (step.value === null) {
        down = down.filter((other) => other !== key)
        return [{ ...named, kind: 'off' }]
      }
      const { id: __, ...pressed } = named
      return [{ ...pressed, kind: 'pressure', value: step.value }]
    })
  })

/** Policies of some modes. */
export const policyArbitrary = (...modes: readonly ParsedVoices['mode'][]): fc.Arbitrary<ParsedVoices> =>
  fc
    .record({
      // few, so that they are short; now and then as many as there may be
      count: fc.oneof(
        { weight: 15, arbitrary: fc.integer({ min: 1, max: 6 }) },
        { weight: 1, arbitrary: fc.constantFrom(127, 128) },
      ),
      mode: fc.constantFrom(...modes),
      priority: fc.constantFrom('last', 'low', 'high'),
      steal: fc.constantFrom('oldest', 'quietest', 'lowest', 'none'),
      unison: fc.record({
        voices: fc.constantFrom(1, 1, 2, 3),
        detune: fc.constantFrom(0, 10),
        spread: fc.constantFrom(0, 0.5),
      }),
      glide: fc.record({
        time: fc.constantFrom(0, 0, 0.25),
        per: fc.constantFrom('interval', 'octave'),
        when: fc.constantFrom('always', 'legato'),
      }),
    })
    .map(({ count, unison, ...rest }) =>
      parsedVoices({ count: Math.max(count, unison.voices), unison, ...rest }),
    )

/** A moment after an event. */
export interface Moment {
  readonly event: NoteEvent
  readonly before: Voices
  readonly after: Voices
  readonly changes: readonly VoiceChange[]
}

/** Plays events a tenth of a second apart, and tells of every moment. */
export function play(
  voices: Voices,
  events: readonly NoteEvent[],
  tell: (moment: Moment) => void = () => {},
): Voices {
  let state = voices
  for (const [i, one] of events.entries()) {
    const { voices: after, changes } = allocate(state, one, (i + 1) / 10)
    tell({ event: one, before: state, after, changes })
    state = after
  }
  return state
}

/** The notes that are held: what a player hears, each once. */
export function heldNotes({ voices }: Voices): string[] {
  return [...new Set(voices.filter(({ held }) => held).map(({ note, channel: of }) => nameOf(note, of)))]
}

/** `60` or `60/1`: a note in its channel. */
export const nameOf = (note: number, of: number | undefined): string =>
  of === undefined ? `${note}` : `${note}/${of}`

/** Keys and pedals as a player knows them, in the plainest way: who is down, who is held by what. */
export class Player {
  readonly #down = new Map<string, { readonly note: number; readonly channel: number | undefined }>()
  /** In the order in which they were struck. */
  #held: { readonly key: string; readonly note: number; readonly channel: number | undefined }[] = []
  readonly #sustain = new Set<number | undefined>()
  readonly #sostenuto = new Set<number | undefined>()
  #caught = new Set<string>()

  /** Notes that should sound if there are voices for all, in the order of their strikes. */
  get held(): readonly { readonly note: number; readonly channel: number | undefined }[] {
    return this.#held
  }

  /** Whether any key is down. */
  get isPressing(): boolean {
    return this.#down.size > 0
  }

  /** Whether the key that holds a note last is down. */
  isDown(note: number, of: number | undefined): boolean {
    const last = this.#held.findLast((one) => one.note === note && one.channel === of)
    return last !== undefined && this.#down.has(last.key)
  }

  play(one: NoteEvent): void {
    if (one.kind === 'on' || one.kind === 'off') {
      const key = JSON.stringify([one.channel ?? null, one.id ?? one.note])
      if (one.kind === 'on') {
        this.#down.set(key, { note: one.note, channel: one.channel })
        // struck again it stays caught; a name that is given to another note is another key
        if (this.#held.some((other) => other.key === key && other.note !== one.note)) this.#caught.delete(key)
        this.#held = [
          ...this.#held.filter((other) => other.key !== key),
          { key, note: one.note, channel: one.channel },
        ]
      } else this.#down.delete(key)
    } else if (one.kind === 'sustain') this.#move(this.#sustain, one)
    else if (one.kind === 'sostenuto') {
      const before = new Set(this.#sostenuto)
      this.#move(this.#sostenuto, one)
      for (const [key, { channel: of }] of this.#down)
        if (isIn(this.#sostenuto, of) && !isIn(before, of)) this.#caught.add(key)
    } else if (one.kind === 'allOff' || one.kind === 'silence') {
      const of = one.kind === 'allOff' ? one.channel : undefined
      for (const pedal of [this.#sustain, this.#sostenuto]) this.#move(pedal, { down: false, channel: of })
      for (const [key, value] of this.#down)
        if (of === undefined || value.channel === of) this.#down.delete(key)
      this.#held = this.#held.filter((value) => of !== undefined && value.channel !== of)
    }
    const stays = new Set<string>()
    for (const { key, channel: of } of this.#held) {
      if (!isIn(this.#sostenuto, of)) this.#caught.delete(key)
      if (this.#down.has(key) || this.#caught.has(key) || isIn(this.#sustain, of)) stays.add(key)
    }
    this.#held = this.#held.filter(({ key }) => stays.has(key))
    this.#caught = new Set([...this.#caught].filter((key) => stays.has(key)))
  }

  #move(
    pedal: Set<number | undefined>,
    { down: isDown, channel: of }: { readonly down: boolean; readonly channel?: number | undefined },
  ): void {
    if (isDown) pedal.add(of)
    else if (of === undefined) pedal.clear()
    else pedal.delete(of)
  }
}

const isIn = (pedal: ReadonlySet<number | undefined>, of: number | undefined): boolean =>
  pedal.has(undefined) || pedal.has(of)

/** Lifts every key that is down, then both pedals. */
export const released = (state: Voices): Voices => {
  const offs = state.pressing.keys.map(({ id, note, channel }): NoteEvent => {
    return { kind: 'off', note, id, ...(channel !== undefined && { channel }) }
  })
  return play(state, [...offs, { kind: 'sustain', down: false }, { kind: 'sostenuto', down: false }])
}
