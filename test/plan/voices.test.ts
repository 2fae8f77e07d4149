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

const event = (text: string): NoteEvent => {
  if (text === 'all') return { kind: 'allOff' }
  const note = Math.abs(Number(text))
  return text.startsWith('-') ? { kind: 'off', note } : { kind: 'on', note, velocity: note / 100 }
}
/** `60 62 -60`: presses 60 and 62, releases 60. Gives what each voice holds, `·` for nothing. */
const after = (voices: Voices, events: string): { held: string; state: Voices } => {
  const state = events.split(' ').reduce((now, text) => allocate(now, event(text)).voices, voices)
  return { state, held: state.voices.map(({ held, note }) => (held ? note : '·')).join(' ') }
}
const held = (mode: Voices['mode'], count: number, events: string): string =>
  after(createVoices({ count, mode }), events).held

describe('poly', () => {
  it.each([
    ['60', '60 · ·'],
    ['60 62 64', '60 62 64'],
    ['60 62 64 65', '65 62 64'],
    ['60 62 64 65 67', '65 67 64'],
    ['60 62 -60 64', '· 62 64'],
    ['60 62 64 -62 -60 65', '· 65 64'],
    ['60 62 64 -62 65', '60 65 64'],
    ['60 60', '60 · ·'],
    ['60 60 -60', '· · ·'],
    ['60 62 64 65 -60', '65 62 64'],
    ['60 62 all', '· · ·'],
    ['-60', '· · ·'],
  ])('%s → %s', (events, expected) => {
    expect(held('poly', 3, events)).toBe(expected)
  })

  it('restarts a held voice that it takes, not a released one', () => {
    const { state } = after(createVoices({ count: 1, mode: 'poly' }), '60')
    expect(allocate(state, event('62')).changes).toMatchObject([{ restart: true }])
    expect(allocate(after(state, '-60').state, event('62')).changes).toMatchObject([{ restart: false }])
  })
})

describe('mono and legato', () => {
  it.each([
    ['60 62', '62 ·'],
    ['60 62 -62', '60 ·'],
    ['60 62 -60', '62 ·'],
    ['60 62 -60 -62', '· ·'],
    ['60 62 64 -62 -64', '60 ·'],
    ['60 62 all', '· ·'],
  ])('%s → %s', (events, expected) => {
    expect(held('mono', 2, events)).toBe(expected)
    expect(held('legato', 2, events)).toBe(expected)
  })

  it('mono attacks again, legato only changes its pitch, and keeps velocity and random of the attack', () => {
    for (const mode of ['mono', 'legato'] as const) {
      const { state } = after(createVoices({ count: 1, mode }), '60')
      const { voices, changes } = allocate(state, event('62'))
      if (mode === 'mono')
        expect(changes).toMatchObject([{ keys: { gate: 1, trigger: 1, velocity: 0.62 }, restart: true }])
      else {
        expect(changes).toEqual([{ voice: 0, keys: { pitch: 62 / 128 }, restart: false }])
        expect(keysOf(voices, 0)).toEqual({ ...keysOf(state, 0), pitch: 62 / 128 })
      }
      // back to the key that is still down: no attack in either
      expect(allocate(voices, event('-62')).changes).toEqual([
        { voice: 0, keys: { pitch: 60 / 128 }, restart: false },
      ])
    }
  })
})

describe('drone', () => {
  it('stays at the last note', () => {
    expect(held('drone', 1, '-60')).toBe('60')
    expect(held('drone', 1, '48 -48 all')).toBe('48')
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
