import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyNames } from '../../src/patch/ports.ts'
import {
  allocate,
  changesBetween,
  createVoices,
  glidingVoices,
  keySteps,
  keysOf,
  resizeVoices,
  rested,
  setKeys,
  voicesOf,
  type NoteEvent,
  type VoiceChange,
  type Voices,
} from '../../src/plan/index.ts'
import { runs } from './patches.ts'
import {
  eventsArbitrary,
  heldNotes,
  noteArbitrary,
  onArbitrary,
  play,
  Player,
  policyArbitrary,
  released,
} from './playing.ts'

const anyMode = policyArbitrary('poly', 'mono', 'legato', 'drone')
const poly = policyArbitrary('poly')

describe('bend, pressure and timbre', () => {
  it('are those of all, of the channel and of the key: bends add up, the highest pressure counts, the last timbre', () => {
    fc.assert(
      fc.property(anyMode, eventsArbitrary, (policy, events) => {
        const pressures = new Map<number | undefined, number>()
        const timbres = new Map<number | undefined, number>()
        const start = createVoices(policy)
        /** Pressure of the key of each voice. */
        const keys = start.voices.map(() => 0)
        play(start, events, ({ event, before, after }) => {
          for (const [i, { strike }] of after.voices.entries())
            if (strike !== before.voices[i]?.strike) keys[i] = 0
          if (event.kind === 'pressure' && event.note === undefined) pressures.set(event.channel, event.value)
          else if (event.kind === 'pressure')
            for (const [i, { note, channel, sound }] of before.voices.entries()) {
              const concerned = event.channel === undefined || event.channel === channel
              if (sound !== 'none' && note === event.note && concerned) keys[i] = event.value
            }
          else if (event.kind === 'timbre') {
            if (event.channel === undefined) timbres.clear()
            timbres.set(event.channel, event.value)
          }
          for (const [i, { channel }] of after.voices.entries()) {
            const own = (values: ReadonlyMap<number | undefined, number>): number | undefined =>
              channel === undefined ? undefined : values.get(channel)
            const pressure = Math.max(pressures.get(undefined) ?? 0, own(pressures) ?? 0, keys[i] ?? 0)
            const timbre = own(timbres) ?? timbres.get(undefined) ?? 0.5
            expect(keysOf(after, i)).toMatchObject({ pressure, timbre })
          }
        })
      }),
      runs(300),
    )
  })

  it('reach the voices of their channel and no other, and the notes that are struck later', () => {
    fc.assert(
      fc.property(anyMode, eventsArbitrary, (policy, events) => {
        const still = { ...policy, glide: { ...policy.glide, time: 0 } }
        const bends = new Map<number | undefined, number>()
        play(createVoices(still), events, ({ event, before, after, changes }) => {
          if (event.kind === 'bend') bends.set(event.channel, event.semitones)
          for (const { note, channel, sound, part, parts } of after.voices) {
            if (sound === 'none') continue
            const index = after.voices.findIndex(
              (voice) =>
                voice.note === note &&
                voice.channel === channel &&
                voice.part === part &&
                voice.sound === sound,
            )
            const all = bends.get(undefined) ?? 0
            const own = channel === undefined ? 0 : (bends.get(channel) ?? 0)
            const detune = parts < 2 ? 0 : ((2 * part) / (parts - 1) - 1) * policy.unison.detune
            expect(keysOf(after, index).pitch * 128).toBeCloseTo(note + all + own + detune / 100, 9)
          }
          if (event.kind !== 'bend' && event.kind !== 'pressure' && event.kind !== 'timbre') return
          for (const { voice, keys, restart } of changes) {
            // a velocity may still be on its way
            const told = Object.keys(keys).filter((key) => key !== 'velocity')
            if (told.length === 0) continue
            const { channel, note } = before.voices[voice] ?? {}
            if (event.channel !== undefined) expect(channel).toBe(event.channel)
            if (event.kind === 'pressure' && event.note !== undefined) expect(note).toBe(event.note)
            expect(told).toEqual([event.kind === 'bend' ? 'pitch' : event.kind])
            expect(restart).toBe(false)
          }
        })
      }),
      runs(300),
    )
  })
})

describe('bend, pressure and timbre for keys that are down', () => {
  it('are heard by notes whose keys are down as by all, and by no others until these are struck again', () => {
    const change = fc.constantFrom<NoteEvent>(
      { kind: 'bend', semitones: 1 },
      { kind: 'pressure', value: 0.75 },
      { kind: 'timbre', value: 0.1 },
    )
    const moves = fc.array(fc.tuple(change, fc.constantFrom(undefined, 0, 1, 2)), { maxLength: 5 })
    fc.assert(
      fc.property(anyMode, eventsArbitrary, moves, onArbitrary, (policy, events, all, on) => {
        const player = new Player()
        let state = play(createVoices(policy), events, ({ event }) => player.play(event))
        let free = state
        const isUp = ({ note, channel, held }: Voices['voices'][number]): boolean =>
          !held || !player.isDown(note, channel)
        for (const [event, channel] of all) {
          const one = channel === undefined ? event : { ...event, channel }
          const before = state
          free = allocate(free, one).voices
          state = allocate(state, { ...one, keysDown: true } as NoteEvent).voices
          for (const [i, voice] of state.voices.entries()) {
            const other = isUp(voice) && voice.sound !== 'none' ? before : free
            expect(keysOf(state, i)).toEqual(keysOf({ ...other, now: state.now }, i))
          }
        }
        const [struck, plain] = [allocate(state, on).voices, allocate(free, on).voices]
        for (const [i, { strike }] of struck.voices.entries())
          if (strike === struck.clock) {
            const { pressure, timbre, pitch } = keysOf(struck, i)
            expect(keysOf(plain, i)).toMatchObject({ pressure, timbre, pitch })
          }
      }),
      runs(300),
    )
  })
})

describe('glide', () => {
  const glide = fc.record({
    time: fc.constantFrom(0.1, 0.5, 2),
    per: fc.constantFrom('interval' as const, 'octave' as const),
    when: fc.constantFrom('always' as const, 'legato' as const),
  })
  it('goes in a straight line of semitones to the next note, and is there in its time', () => {
    fc.assert(
      fc.property(
        policyArbitrary('poly', 'mono'),
        glide,
        noteArbitrary,
        noteArbitrary,
        fc.boolean(),
        (policy, rule, a, b, tied) => {
          fc.pre(a !== b)
          const start = createVoices({
            ...policy,
            glide: rule,
            priority: 'last',
            unison: { voices: 1, detune: 0, spread: 0 },
            count: policy.mode === 'poly' ? 2 : 1,
          })
          const first = allocate(start, { kind: 'on', note: a, velocity: 1 }, 1).voices
          expect(glidingVoices(first)).toEqual([])
          const second = tied ? first : allocate(first, { kind: 'off', note: a }, 2).voices
          const { voices, changes } = allocate(second, { kind: 'on', note: b, velocity: 1 }, 3)
          const voice = changes.find(({ keys }) => keys.trigger === 1)?.voice ?? -1
          const at = (now: number): number => keysOf({ ...voices, now }, voice).pitch * 128
          if (rule.when === 'legato' && !tied) {
            expect(at(3)).toBeCloseTo(b, 9)
            return
          }
          const seconds = rule.per === 'interval' ? rule.time : (rule.time * Math.abs(b - a)) / 12
          expect(changes.find((change) => change.voice === voice)?.keys.pitch).toBeCloseTo(a / 128, 12)
          for (const part of [0, 0.25, 0.5, 1, 2])
            expect(at(3 + part * seconds)).toBeCloseTo(a + (b - a) * Math.min(1, part), 9)
          expect(glidingVoices({ ...voices, now: 3 + 0.9 * seconds })).toEqual([voice])
          expect(glidingVoices({ ...voices, now: 3 + seconds })).toEqual([])
        },
      ),
      runs(200),
    )
  })
})

describe('the pitch of every voice', () => {
  it('begins where it is, or there at once, as the policy says, and goes straight to its note, whatever is played', () => {
    const phrases = fc.array(fc.tuple(eventsArbitrary, fc.boolean()), { maxLength: 3 })
    const near = (found: number, wanted: number): void => {
      if (!(Math.abs(found - wanted) < 1e-9)) expect(found).toBeCloseTo(wanted, 9)
    }
    fc.assert(
      fc.property(anyMode, phrases, (policy, played) => {
        // detune and bend come on top of it
        const unison = { voices: 1, detune: 0, spread: 0 }
        const alone = { ...policy, count: policy.mode === 'poly' ? policy.count : 1, unison }
        const { mode, glide } = alone
        const player = new Player()
        let state = createVoices(alone)
        let last: number | undefined
        const pitch = (voices: Voices, voice: number, now: number): number =>
          keysOf({ ...voices, now }, voice).pitch * 128
        for (const [events, rests] of played) {
          for (const event of events) {
            if (event.kind === 'bend') continue
            const [before, wasPressing, now] = [state, player.isPressing, state.now + 0.1]
            player.play(event)
            state = allocate(before, event, now).voices
            for (const [i, voice] of state.voices.entries()) {
              const old = before.voices[i]
              if (voice.strike === old?.strike) {
                for (const later of [0, 0.1, 0.3, 1])
                  near(pitch(state, i, now + later), pitch(before, i, now + later))
                continue
              }
              const isStruck =
                event.kind === 'on' && event.note === voice.note && event.channel === voice.channel
              const isTied = !isStruck || glide.when === 'always' || wasPressing
              const here = mode !== 'poly' && old?.sound === 'sounding' ? pitch(before, i, now) : last
              const from = glide.time > 0 && isTied ? (here ?? voice.note) : voice.note
              const way = voice.note - from
              const seconds = glide.per === 'interval' ? glide.time : (glide.time * Math.abs(way)) / 12
              for (const part of [0, 0.3, 0.7, 1, 2])
                near(
                  pitch(state, i, now + part * seconds),
                  from + way * (seconds > 0 ? Math.min(1, part) : 1),
                )
            }
            last = state.voices.find(({ strike }) => strike === state.clock)?.note ?? last
          }
          if (rests) state = rested(state, () => true)
        }
      }),
      runs(300),
    )
  })
})

describe('an edit of the policy', () => {
  it('leaves no note stuck, and tells the voices all that they must know', () => {
    fc.assert(
      fc.property(
        anyMode,
        anyMode,
        eventsArbitrary,
        eventsArbitrary,
        fc.nat(),
        (from, to, events, more, seed) => {
          const before = play(createVoices(from), events)
          // what is silent may go, and others are born
          const stay = before.voices.flatMap(({ sound }, i) =>
            sound !== 'none' || (seed + i) % 3 > 0 ? [i] : [],
          )
          const born = Math.max(0, voicesOf(to) - stay.length)
          const kept = [...stay, ...Array.from({ length: born }, () => undefined)]
          const state = resizeVoices(before, { voices: to }, kept)
          const fresh = createVoices(to)
          const told = kept.map((old, i): Record<string, number> =>
            old === undefined ? keysOf(fresh, i) : keysOf(before, old),
          )
          const changes = changesBetween(before, state, kept)
          for (const { voice, keys } of changes) Object.assign(told[voice] ?? {}, keys, { trigger: 0 })
          expect(told).toEqual(state.voices.map((_, voice) => keysOf(state, voice)))
          if (from.mode === to.mode) {
            for (const note of heldNotes(before)) expect(heldNotes(state)).toContain(note)
            expect(changes.filter(({ choke }) => choke)).toEqual([])
          }
          if (to.mode !== 'poly') expect(heldNotes(state).length).toBeLessThanOrEqual(1)
          const end = play(state, more)
          if (to.mode !== 'drone') expect(heldNotes(released(end))).toEqual([])
          else if (more.every(({ kind }) => kind !== 'silence') && from.mode !== 'drone')
            expect(heldNotes(end)).toHaveLength(1)
        },
      ),
      runs(500),
    )
  })

  it('lets voices that came to silence be taken first', () => {
    fc.assert(
      fc.property(poly, eventsArbitrary, onArbitrary, (policy, events, on) => {
        const before = rested(play(createVoices(policy), events), () => true)
        for (const { held, sound } of before.voices) expect(sound).toBe(held ? 'sounding' : 'none')
        const { changes } = allocate(before, on)
        for (const { choke, anew, voice } of changes) {
          if (choke) expect(before.voices[voice]?.held).toBe(true)
          expect(anew).toBeUndefined()
        }
      }),
      runs(200),
    )
  })
})

describe('the commands of a voice', () => {
  const change = fc.record({
    voice: fc.nat({ max: 2 }),
    restart: fc.boolean(),
    keys: fc.constantFrom<VoiceChange['keys']>(
      { pitch: 0.5, velocity: 0.25, gate: 1, trigger: 1, random: 0.75 },
      { pitch: 0.5 },
      { gate: 0 },
    ),
  })
  it('end with the keys as they are wanted, the trigger down after one block, and a restart low for one', () => {
    fc.assert(
      fc.property(change, (any) => {
        // only a strike restarts
        const wanted = { ...any, restart: any.restart && any.keys.gate === 1 }
        const running = [0, 1, 2].map((i) => ({ group: 100 + i, keys: 10 * i, paused: false }))
        const steps = keySteps(wanted).map((keys) => [setKeys(running[wanted.voice]!, keys)])
        const buses = new Map<number, number>()
        const bus = (key: (typeof keyNames)[number]): number => 10 * wanted.voice + keyNames.indexOf(key)
        const triggers: number[] = []
        for (const [i, commands] of steps.entries()) {
          for (const command of commands)
            if (command.call === '/c_set')
              for (const [index, value] of command.values) buses.set(index, value)
          triggers.push(buses.get(bus('trigger')) ?? 0)
          if (wanted.restart && wanted.keys.gate === 1 && i === 0) expect(buses.get(bus('gate'))).toBe(0)
        }
        for (const key of keyNames)
          expect(buses.get(bus(key))).toBe(
            key === 'trigger'
              ? wanted.keys.trigger === undefined
                ? undefined
                : 0
              : wanted.restart && key === 'gate'
                ? 1
                : wanted.keys[key],
          )
        expect(triggers.filter((high) => high === 1)).toHaveLength(wanted.keys.trigger ?? 0)
      }),
      runs(200),
    )
  })
})
