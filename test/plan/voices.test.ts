import { describe, expect, it } from 'vitest'
import {
  allocate,
  createVoices,
  keySteps,
  setKeys,
  keysOf,
  type NoteEvent,
  type Voices,
} from '../../src/plan/index.ts'

/** `60` presses, `-60` releases, `s+` and `s-` move the sustain pedal, `o+` and `o-` the sostenuto pedal. */
const event = (text: string): NoteEvent => {
  if (text === 'all') return { kind: 'allOff' }
  if (text === 'quiet') return { kind: 'silence' }
  const pedal = { s: 'sustain', o: 'sostenuto' } as const
  if (text[0] === 's' || text[0] === 'o') return { kind: pedal[text[0]], down: text[1] === '+' }
  const note = Math.abs(Number(text))
  return text.startsWith('-') ? { kind: 'off', note } : { kind: 'on', note, velocity: note / 100 }
}
/** Gives what each voice holds, `·` for nothing; spare voices that hold nothing are left out. */
const after = (voices: Voices, events: string): { held: string; state: Voices } => {
  const state = events.split(' ').reduce((now, text) => allocate(now, event(text)).voices, voices)
  const held = state.voices.map((voice) => (voice.held ? voice.note : '·'))
  return { state, held: held.join(' ').replace(/( ·)+$/, '') }
}
const held = (policy: Parameters<typeof createVoices>[0], events: string): string =>
  after(createVoices(policy), events).held

describe('poly', () => {
  it.each([
    ['60', '60'],
    ['60 62 64', '60 62 64'],
    // stolen voices fade while others play
    ['60 62 64 65', '· 62 64 65'],
    ['60 62 64 65 67', '· · 64 65 67'],
    ['60 62 -60 64', '· 62 64'],
    ['60 62 64 -62 -60 65', '· · 64 65'],
    ['60 62 64 -62 65', '60 · 64 65'],
    ['60 60', '60'],
    ['60 60 -60', '·'],
    ['60 -60 60', '60'],
    ['60 62 64 65 -60', '· 62 64 65'],
    ['60 62 all', '·'],
    ['60 62 quiet', '·'],
    ['-60', '·'],
    ['60 s+ -60', '60'],
    ['60 s+ -60 s-', '·'],
    ['s+ 60 -60 60 s-', '60'],
    ['s+ 60 -60 60 s- -60', '·'],
    ['60 o+ 62 -60 -62', '60'],
    ['60 o+ 62 -60 -62 o-', '·'],
    ['60 o+ -60 s+ o-', '60'],
    ['60 o+ -60 s+ s-', '60'],
    ['s+ 60 -60 o+ s-', '·'],
    ['60 s+ all 62 -62', '·'],
    ['60 o+ -60 60 -60', '60'],
    ['60 o+ -60 60 -60 o-', '·'],
    ['60 o+ -60 60 o-', '60'],
    ['60 o+ all 62 -62', '·'],
    // lifted with the keys, it catches anew
    ['60 o+ all 62 o+ -62', '· 62'],
  ])('%s → %s', (events, expected) => {
    expect(held({ count: 3 }, events)).toBe(expected)
  })

  it.each([
    ['oldest', '62 60 64 65', '· 60 64 65'],
    ['lowest', '62 60 64 65', '62 · 64 65'],
    // velocities are those of the notes here
    ['quietest', '64 62 60 65', '64 62 · 65'],
    ['none', '62 60 64 65', '62 60 64'],
    ['none', '62 60 64 -60 65', '62 · 64 65'],
  ] as const)('steals the %s: %s → %s', (steal, events, expected) => {
    expect(held({ count: 3, steal }, events)).toBe(expected)
  })

  it('judges what was let go by its age and its velocity', () => {
    const state = createVoices({ count: 2, steal: 'quietest' })
    const play = (events: readonly (readonly [NoteEvent, number])[]): (number | undefined)[] => {
      const end = events.reduce((now, [one, at]) => allocate(now, one, at).voices, state)
      return end.voices.filter(({ sound }) => sound === 'sounding').map(({ note }) => note)
    }
    const [loud, soft]: NoteEvent[] = [
      { kind: 'on', note: 60, velocity: 1 },
      { kind: 'on', note: 64, velocity: 0.3 },
    ] as const
    const [off, other]: [NoteEvent, NoteEvent] = [
      { kind: 'off', note: 60 },
      { kind: 'off', note: 64 },
    ]
    const more: NoteEvent = { kind: 'on', note: 67, velocity: 1 }
    const struck = [[loud, 0], [soft, 0]] as const // prettier-ignore
    expect(play([...struck, [off, 1], [other, 1], [more, 1.01]])).toEqual([60, 67])
    // half as loud every tenth of a second
    expect(play([...struck, [off, 1], [other, 1.5], [more, 1.51]])).toEqual([64, 67])
  })

  it('strikes a note that sounds on the voice that it has', () => {
    const { state } = after(createVoices({ count: 2 }), '60')
    expect(allocate(state, event('60')).changes).toMatchObject([{ voice: 0, restart: true }])
    const released = after(state, '-60').state
    expect(allocate(released, event('60')).changes).toMatchObject([{ voice: 0, restart: false }])
  })

  it('ends overlapping equal notes rightly if they have names', () => {
    const strike = (id: string): NoteEvent => ({ kind: 'on', note: 60, velocity: 1, id })
    const end = (id: string): NoteEvent => ({ kind: 'off', note: 60, id })
    const notes = (...events: NoteEvent[]): (number | undefined)[] =>
      events
        .reduce((now, one) => allocate(now, one).voices, createVoices({ count: 2 }))
        .voices.filter((voice) => voice.held)
        .map(({ note }) => note)
    expect(notes(strike('a'), strike('b'))).toEqual([60])
    expect(notes(strike('a'), strike('b'), end('a'))).toEqual([60])
    expect(notes(strike('a'), strike('b'), end('b'), end('a'))).toEqual([])
    // without names the key is one, and goes up once
    expect(notes(event('60'), event('60'), event('-60'))).toEqual([])
  })
})

describe('mono and legato', () => {
  it.each([
    ['60 62', '62'],
    ['60 62 -62', '60'],
    ['60 62 -60', '62'],
    ['60 62 -60 -62', '·'],
    ['60 62 64 -62 -64', '60'],
    ['60 62 all', '·'],
    ['60 s+ 62 -62 -60', '62'],
    ['60 s+ 62 -62 -60 s-', '·'],
  ])('%s → %s', (events, expected) => {
    expect(held({ mode: 'mono', count: 1 }, events)).toBe(expected)
    expect(held({ mode: 'legato', count: 1 }, events)).toBe(expected)
  })

  it.each([
    ['low', '62 60 64', '60'],
    ['low', '62 60 64 -60', '62'],
    ['high', '62 60 64', '64'],
    ['high', '62 64 60 -64', '62'],
  ] as const)('%s priority: %s → %s', (priority, events, expected) => {
    expect(held({ mode: 'mono', count: 1, priority }, events)).toBe(expected)
  })

  it('mono attacks again, legato only changes its pitch, and keeps velocity and random of the attack', () => {
    for (const mode of ['mono', 'legato'] as const) {
      const { state } = after(createVoices({ count: 1, mode }), '60')
      const { voices, changes } = allocate(state, event('62'))
      if (mode === 'mono')
        expect(changes).toMatchObject([{ keys: { gate: 1, trigger: 1, velocity: 0.6 }, restart: true }])
      else {
        expect(changes).toEqual([{ voice: 0, keys: { pitch: 62 / 128 }, restart: false }])
        expect(keysOf(voices, 0)).toEqual({ ...keysOf(state, 0), pitch: 62 / 128 })
      }
      // back to the key that is still down: no attack in either
      const velocity = mode === 'mono' ? { velocity: 0.62 } : {}
      expect(allocate(voices, event('-62'), 1).changes).toEqual([
        { voice: 0, keys: { pitch: 60 / 128, ...velocity }, restart: false },
      ])
    }
  })
})

describe('drone', () => {
  it('stays at the last note, until it is silenced', () => {
    expect(held({ mode: 'drone', count: 1 }, '-60')).toBe('60')
    expect(held({ mode: 'drone', count: 1 }, '48 -48 all')).toBe('48')
    expect(held({ mode: 'drone', count: 1 }, '48 quiet')).toBe('·')
    expect(held({ mode: 'drone', count: 1 }, '48 quiet 50')).toBe('50')
  })
})

describe('the commands of a strike', () => {
  it('go to the buses of the voice', () => {
    const values = [[20, 0.5], [21, 1], [22, 1]] // prettier-ignore
    expect(setKeys({ group: 1, keys: 20, paused: false }, { pitch: 0.5, gate: 1, trigger: 1 })).toEqual({
      call: '/c_set',
      values,
    })
  })
  it('let the trigger fall after a block', () => {
    const keys = { pitch: 0.5, gate: 1, trigger: 1 }
    expect(keySteps({ keys, restart: false })).toEqual([keys, { trigger: 0 }])
  })
  it('of a sounding voice hold its gate low for a block first', () => {
    const keys = { pitch: 0.5, gate: 1, trigger: 1 }
    expect(keySteps({ keys, restart: true })).toEqual([
      { pitch: 0.5, gate: 0 },
      { gate: 1, trigger: 1 },
      { trigger: 0 },
    ])
  })
})
