import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  allocate,
  createVoices,
  glidingVoices,
  keysOf,
  movedKeys,
  voicesOf,
  type NoteEvent,
  type VoiceChange,
  type Voices,
} from '../../src/plan/index.ts'
import { runs } from './patches.ts'
import {
  eventsArbitrary,
  heldNotes,
  nameOf,
  noteArbitrary,
  onArbitrary,
  play,
  Player,
  policyArbitrary,
  released,
} from './playing.ts'

const anyMode = policyArbitrary('poly', 'mono', 'legato', 'drone')
const poly = policyArbitrary('poly')
const oneNote = policyArbitrary('mono', 'legato')

const sounding = ({ voices }: Voices): number[] =>
  voices.flatMap(({ sound }, index) => (sound === 'sounding' ? [index] : []))

describe('the allocator of voices', () => {
  it('leaves no note stuck when all keys and pedals are up, in any mode but drone', () => {
    fc.assert(
      fc.property(policyArbitrary('poly', 'mono', 'legato'), eventsArbitrary, (policy, events) => {
        const state = play(createVoices(policy), events)
        expect(heldNotes(released(state))).toEqual([])
        expect(heldNotes(allocate(state, { kind: 'allOff' }).voices)).toEqual([])
        const silent = allocate(state, { kind: 'silence' }).voices
        expect([heldNotes(silent), sounding(silent)]).toEqual([[], []])
      }),
      runs(500),
    )
  })

  it('lets no more voices sound than there may be, and all that sound are of whole notes', () => {
    fc.assert(
      fc.property(anyMode, eventsArbitrary, (policy, events) => {
        play(createVoices(policy), events, ({ after }) => {
          expect(after.voices).toHaveLength(voicesOf(policy))
          expect(sounding(after).length).toBeLessThanOrEqual(policy.count)
          expect(sounding(after).length % policy.unison.voices).toBe(0)
          for (const { held, sound } of after.voices) if (held) expect(sound).toBe('sounding')
        })
      }),
      runs(300),
    )
  })

  it('is pure', () => {
    fc.assert(
      fc.property(anyMode, eventsArbitrary, (policy, events) => {
        play(createVoices(policy), events, ({ event, before, after, changes }) => {
          const copy = structuredClone(before)
          expect(allocate(before, event, after.now)).toEqual({ voices: after, changes })
          expect(before).toEqual(copy)
        })
      }),
      runs(100),
    )
  })

  it('tells every change: what the voices were told adds up to what they should read', () => {
    fc.assert(
      fc.property(anyMode, eventsArbitrary, (policy, events) => {
        const start = createVoices(policy)
        const told = start.voices.map((_, voice): Record<string, number> => keysOf(start, voice))
        play(start, events, ({ before, after, changes }) => {
          // what is on its way is written all the time
          for (const voice of glidingVoices(before))
            Object.assign(told[voice] ?? {}, movedKeys(before, voice, after.now))
          for (const { voice, keys } of changes) Object.assign(told[voice] ?? {}, keys, { trigger: 0 })
          expect(told).toEqual(after.voices.map((_, voice) => keysOf(after, voice)))
        })
      }),
      runs(300),
    )
  })

  it('does not depend on which channel is which', () => {
    fc.assert(
      fc.property(
        anyMode,
        eventsArbitrary,
        fc.constantFrom([1, 2, 0], [2, 1, 0], [7, 15, 9]),
        (policy, events, names) => {
          const renamed = events.map((event): NoteEvent => {
            if (!('channel' in event)) return event
            return { ...event, channel: names[event.channel] ?? 0 }
          })
          const [some, others]: [VoiceChange[][], VoiceChange[][]] = [[], []]
          play(createVoices(policy), events, ({ changes }) => some.push([...changes]))
          play(createVoices(policy), renamed, ({ changes }) => others.push([...changes]))
          expect(others).toEqual(some)
        },
      ),
      runs(200),
    )
  })

  it('draws keys.random anew for every note, from 0 to 1, equally in every run', () => {
    const draw = (): (number | undefined)[] => {
      let state = createVoices({ count: 3 })
      return Array.from({ length: 200 }, (_, i) => {
        const { voices, changes } = allocate(state, { kind: 'on', note: 40 + (i % 50), velocity: 1 })
        state = voices
        return changes.find(({ keys }) => keys.trigger === 1)?.keys.random
      })
    }
    const values = draw() as number[]
    expect(draw()).toEqual(values)
    expect(new Set(values).size).toBe(values.length)
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...values)).toBeLessThan(1)
    expect(values.reduce((sum, x) => sum + x, 0) / values.length).toBeCloseTo(0.5, 1)
  })

  it('goes on rightly when thousands of notes never end: they are forgotten, but none that sounds', () => {
    const all = Array.from({ length: 1100 }, (_, i) => i)
    const size = { minLength: all.length, maxLength: all.length, size: 'max' } as const
    // some are struck over and over, of others there is only one
    const note = fc.oneof(noteArbitrary, fc.constant(undefined))
    const notes = fc.noShrink(fc.array(fc.tuple(note, fc.constantFrom(undefined, 0, 1)), size))
    fc.assert(
      fc.property(anyMode, notes, fc.noShrink(fc.shuffledSubarray(all, size)), (policy, struck, order) => {
        const name = (i: number): { id: string; channel?: number; note: number } => {
          const [given, channel] = struck[i] ?? []
          return { id: `n${i}`, note: given ?? 70 + i / 100, ...(channel !== undefined && { channel }) }
        }
        /** How many keys of each note are down. */
        const down = new Map<string, number>()
        let state = createVoices(policy)
        const step = (i: number, kind: 'on' | 'off'): string => {
          const key = name(i)
          const told = nameOf(key.note, key.channel)
          state = allocate(state, kind === 'on' ? { kind, velocity: 1, ...key } : { kind, ...key }).voices
          down.set(told, (down.get(told) ?? 0) + (kind === 'on' ? 1 : -1))
          expect(state.pressing.keys.length).toBeLessThanOrEqual(1024)
          return told
        }
        for (const i of all) {
          const before = heldNotes(state)
          const told = step(i, 'on')
          // what sounds goes on, unless the new note takes its voice
          if (policy.mode === 'poly' && policy.steal === 'none')
            expect(heldNotes(state)).toEqual(expect.arrayContaining(before))
          if (policy.mode === 'mono' && policy.priority === 'last') expect(heldNotes(state)).toEqual([told])
        }
        if (policy.mode === 'drone') return
        for (const i of order) {
          step(i, 'off')
          for (const held of heldNotes(state)) expect(down.get(held)).toBeGreaterThan(0)
        }
        expect(heldNotes(state)).toEqual([])
      }),
      runs(20),
    )
  })

  it('has nothing to do without voices', () => {
    const state = createVoices({ count: 0 })
    expect(allocate(state, { kind: 'on', note: 60, velocity: 1 }).changes).toEqual([])
  })
})

describe('poly', () => {
  it('holds exactly the notes that keys or pedals hold, as long as there are voices for all of them', () => {
    fc.assert(
      fc.property(poly, eventsArbitrary, (policy, events) => {
        const player = new Player()
        const plenty = { ...policy, count: 128 }
        play(createVoices(plenty), events, ({ event, after }) => {
          player.play(event)
          const wanted = player.held.map(({ note, channel }) => nameOf(note, channel))
          expect(heldNotes(after).toSorted()).toEqual([...new Set(wanted)].toSorted())
        })
      }),
      runs(300),
    )
  })

  it('holds no other notes where voices are short, and every note-off ends its note', () => {
    fc.assert(
      fc.property(poly, eventsArbitrary, (policy, events) => {
        const player = new Player()
        play(createVoices(policy), events, ({ event, after }) => {
          player.play(event)
          const wanted = player.held.map(({ note, channel }) => nameOf(note, channel))
          for (const note of heldNotes(after)) expect(wanted).toContain(note)
        })
      }),
      runs(300),
    )
  })

  it('a note-on sounds at once on as many voices as a note has, none of them one that another note sounds on', () => {
    fc.assert(
      fc.property(poly, eventsArbitrary, onArbitrary, (policy, events, on) => {
        if (on.kind !== 'on') return
        const before = play(createVoices(policy), events)
        const { voices: after, changes } = allocate(before, on)
        const attacks = changes.filter(({ keys }) => keys.trigger === 1)
        const isFull = before.voices.filter(({ held }) => held).length > policy.count - policy.unison.voices
        if (policy.steal === 'none' && isFull && attacks.length === 0) {
          expect(heldNotes(after)).toEqual(heldNotes(before))
          return
        }
        expect(attacks).toHaveLength(policy.unison.voices)
        for (const { voice, keys, restart } of attacks) {
          expect(keys).toMatchObject({ gate: 1, trigger: 1 })
          const old = before.voices[voice]
          // from where it is, if it sounds
          const from =
            old?.sound === 'none' || old?.held !== true ? on.velocity : keysOf(before, voice).velocity
          expect(keys.velocity).toBeCloseTo(from, 12)
          expect(keysOf({ ...after, now: after.now + 0.04 }, voice).velocity).toBe(on.velocity)
          const isSame = old?.note === on.note && old.channel === on.channel
          if (old?.sound === 'sounding') expect(isSame).toBe(true)
          expect(restart).toBe(old?.held === true)
        }
        expect(heldNotes(after)).toContain(nameOf(on.note, on.channel))
      }),
      runs(500),
    )
  })

  it('steals as little as it must: notes that were let go first, then as the patch says', () => {
    fc.assert(
      fc.property(poly, eventsArbitrary, onArbitrary, (policy, events, on) => {
        if (on.kind !== 'on') return
        // a key of that name is no reason for another note to end
        const { id: _, ...fresh } = on
        const before = play(createVoices(policy), events)
        const { voices: after, changes } = allocate(before, fresh)
        const victims = changes.filter(({ choke }) => choke).map(({ voice }) => voice)
        const strikes = (indices: readonly number[]): number[] => [
          ...new Set(indices.map((index) => before.voices[index]?.strike ?? -1)),
        ]
        const left = sounding(before).filter((index) => !victims.includes(index))
        // of whole notes, and no more than make room for the new one
        expect(strikes(victims).filter((strike) => strikes(left).includes(strike))).toEqual([])
        if (victims.length > 0)
          expect(sounding(after).length).toBeGreaterThan(policy.count - policy.unison.voices)
        const own = sounding(after).filter(
          (index) => left.includes(index) && after.voices[index]?.strike === after.clock,
        )
        for (const victim of victims.map((index) => before.voices[index]))
          for (const spared of left
            .filter((index) => !own.includes(index))
            .map((index) => before.voices[index])) {
            if (victim === undefined || spared === undefined) continue
            if (victim.held) expect(spared.held).toBe(true)
            if (victim.held !== spared.held) continue
            if (policy.steal === 'lowest') expect(victim.note).toBeLessThanOrEqual(spared.note)
            else if (policy.steal === 'quietest' && victim.held)
              expect(victim.velocity).toBeLessThanOrEqual(spared.velocity)
            else if (policy.steal === 'oldest') expect(victim.age).toBeLessThanOrEqual(spared.age)
            else if (policy.steal === 'none') expect(victim.held).toBe(false)
          }
      }),
      runs(500),
    )
  })

  it('takes a voice that still fades only if none is silent, and that which has faded longest', () => {
    fc.assert(
      fc.property(poly, eventsArbitrary, (policy, events) => {
        play(createVoices(policy), events, ({ before, changes }) => {
          const taken = changes.filter(({ anew }) => anew).map(({ voice }) => voice)
          if (taken.length === 0) return
          const attacked = changes.filter(({ keys }) => keys.trigger === 1).map(({ voice }) => voice)
          const is = (sound: string): number[] =>
            before.voices.flatMap((voice, i) => (voice.sound === sound && !attacked.includes(i) ? [i] : []))
          expect(is('none')).toEqual([])
          const ages = (indices: readonly number[]): number[] =>
            indices.map((i) => before.voices[i]?.age ?? 0)
          expect(Math.max(...ages(taken))).toBeLessThanOrEqual(Math.min(Infinity, ...ages(is('fading'))))
        })
      }),
      runs(300),
    )
  })

  it('tunes the voices of a note around it, and spreads them around the middle', () => {
    fc.assert(
      fc.property(poly, eventsArbitrary, (policy, events) => {
        const { detune, spread, voices: size } = policy.unison
        const still = { ...policy, glide: { ...policy.glide, time: 0 } }
        play(createVoices(still), events, ({ after, changes }) => {
          const attacks = changes.filter(({ keys }) => keys.trigger === 1).map(({ voice }) => voice)
          if (attacks.length === 0) return
          const keys = attacks.map((voice) => keysOf(after, voice))
          const pitches = keys.map(({ pitch }) => pitch * 128)
          const places = keys.map((key) => key.spread)
          const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0)
          const width = (all: readonly number[]): number => Math.max(...all) - Math.min(...all)
          expect(width(pitches)).toBeCloseTo(size > 1 ? detune / 50 : 0, 9)
          expect(width(places)).toBeCloseTo(size > 1 ? 2 * spread : 0, 9)
          expect(sum(places)).toBeCloseTo(0, 9)
          const { note, channel } = after.voices[attacks[0] ?? 0] ?? {}
          const { all, channels } = after.expression
          const bend = all.bend + (channels[channel ?? -1]?.bend ?? 0)
          expect(sum(pitches) / size).toBeCloseTo((note ?? 0) + bend, 9)
        })
      }),
      runs(200),
    )
  })
})

describe('mono and legato', () => {
  it('play at every moment the key that has priority of those that are held', () => {
    fc.assert(
      fc.property(oneNote, eventsArbitrary, (policy, events) => {
        const player = new Player()
        let silenced = false
        play(createVoices(policy), events, ({ event, after }) => {
          player.play(event)
          const keys = player.held
          const notes = keys.map(({ note }) => note)
          const wanted = { last: notes.at(-1), low: Math.min(...notes), high: Math.max(...notes) }[
            policy.priority
          ]
          const top = keys.findLast(({ note }) => note === wanted)
          // what was silenced stays so until a key is pressed
          silenced = event.kind === 'silence' || (silenced && event.kind !== 'on')
          expect(heldNotes(after)).toEqual(top && !silenced ? [nameOf(top.note, top.channel)] : [])
        })
      }),
      runs(500),
    )
  })

  it('attack when a key is pressed that plays: mono always, legato at the beginning of a phrase', () => {
    fc.assert(
      fc.property(oneNote, eventsArbitrary, (policy, events) => {
        play(createVoices(policy), events, ({ event, before, after, changes }) => {
          const attacks = changes.filter(({ keys }) => keys.trigger === 1)
          const wasHeld = before.voices.some(({ held }) => held)
          const plays = event.kind === 'on' && heldNotes(after)[0] === nameOf(event.note, event.channel)
          const wanted = plays && (policy.mode === 'mono' || !wasHeld)
          expect(attacks).toHaveLength(wanted ? policy.unison.voices : 0)
          for (const { restart } of attacks) expect(restart).toBe(wasHeld)
        })
      }),
      runs(300),
    )
  })
})

describe('drone', () => {
  it('sounds from the start, at C4, and stays at the last note whatever is released', () => {
    fc.assert(
      fc.property(policyArbitrary('drone'), eventsArbitrary, (policy, events) => {
        const start = createVoices({ ...policy, priority: 'last' })
        expect(keysOf(start, 0)).toMatchObject({ gate: 1 })
        expect(heldNotes(start)).toEqual(['60'])
        let last: string[] = ['60']
        play(start, events, ({ event, after, changes }) => {
          if (event.kind === 'on') last = [nameOf(event.note, event.channel)]
          if (event.kind === 'silence') last = []
          for (const { restart } of changes) expect(restart).toBe(false)
          expect(heldNotes(after)).toEqual(last)
        })
      }),
      runs(200),
    )
  })
})
