import { describe, expect, it } from 'vitest'
import { decodeMidi, decoderAtStart } from '../../src/midi/decoder.ts'
import { interpretMidi } from '../../src/midi/interpret.ts'
import { midiAtStart, type MidiAction, type MidiOptions } from '../../src/midi/state.ts'

const all = (bytes: readonly number[], options: MidiOptions = {}): MidiAction[] => {
  let state = midiAtStart(options)
  return decodeMidi(decoderAtStart, Uint8Array.from(bytes)).messages.flatMap((message) => {
    const step = interpretMidi(state, message)
    state = step.state
    return step.actions
  })
}
/** `261 = 384`: the non-registered parameters that are heard, and their values. */
const nrpns = (...bytes: number[]): string[] =>
  all(bytes).flatMap((action) =>
    action.kind === 'control' && action.control.kind === 'nrpn'
      ? [`${action.control.number} = ${action.control.value}`]
      : [],
  )
/** The values of the controls in 14 bits. */
const cc14s = (...bytes: number[]): number[] =>
  all(bytes).flatMap((action) =>
    action.kind === 'control' && action.control.kind === 'cc14' ? [action.control.value] : [],
  )
/** How far the whole pitch bend reaches after some controllers of channel 0. */
const range = (bytes: readonly number[], options: MidiOptions = {}): number => {
  const last = all([0xb0, ...bytes, 0xe0, 127, 127], options).at(-1)
  return last?.kind === 'play' && last.event.kind === 'bend' ? last.event.semitones : NaN
}
const bendRange = [101, 0, 100, 0]
const none = [101, 127, 100, 127]

describe('non-registered parameters', () => {
  it('are each in 7 or in 14 bits by themselves', () => {
    const fine = [0xb0, 99, 1, 98, 1, 6, 3, 38, 4]
    expect(nrpns(...fine, 99, 1, 98, 2, 6, 64, 6, 65)).toEqual([
      '129 = 384',
      '129 = 388',
      '130 = 8192',
      '130 = 8320',
    ])
    // and the one in 14 bits goes on in 14 bits: its coarse part waits
    expect(nrpns(...fine, 99, 1, 98, 2, 6, 64, 99, 1, 98, 1, 6, 5, 38, 6)).toEqual([
      '129 = 384',
      '129 = 388',
      '130 = 8192',
      '129 = 646',
    ])
  })

  it('are heard by their coarse parts again when finer ones do not follow any more', () => {
    const fine = [0xb0, 99, 1, 98, 1, 6, 3, 38, 4]
    expect(nrpns(...fine, 6, 10, 6, 11, 6, 12).slice(2)).toEqual(['129 = 1408', '129 = 1536'])
    expect(nrpns(...fine, 6, 10, 6, 11, 38, 1, 6, 12, 38, 2).slice(2)).toEqual([
      '129 = 1408',
      '129 = 1409',
      '129 = 1538',
    ])
  })

  it('are stepped from where they were, also when they are chosen again', () => {
    const away = [99, 1, 98, 2, 6, 9]
    expect(nrpns(0xb0, 99, 1, 98, 1, 6, 3, ...away, 99, 1, 98, 1, 96, 0).at(-1)).toBe('129 = 512')
  })

  it('fill no memory: the last 256 of a channel are remembered', () => {
    const bytes = Array.from({ length: 300 }, (_, i) => [99, i >> 7, 98, i & 127, 6, 5]).flat()
    let state = midiAtStart()
    for (const message of decodeMidi(decoderAtStart, Uint8Array.from([0xb0, ...bytes])).messages)
      ({ state } = interpretMidi(state, message))
    const { written } = state.channels[0] ?? { written: new Map() }
    expect([written.size, written.has(299), written.has(0)]).toEqual([256, true, false])
  })
})

describe('controllers of 14 bits', () => {
  it('are heard by their coarse parts again when finer ones do not follow any more', () => {
    expect(cc14s(0xb0, 7, 1, 39, 2, 7, 3, 39, 4)).toEqual([128, 130, 388])
    // of those that come alone only the first waits
    expect(cc14s(0xb0, 7, 1, 39, 2, 7, 3, 7, 4, 7, 5)).toEqual([128, 130, 512, 640])
    // one controller says nothing of another
    expect(cc14s(0xb0, 7, 1, 39, 2, 8, 3, 8, 4)).toEqual([128, 130, 384, 512])
  })
})

describe('the range of the pitch bend', () => {
  it('is stepped by cents from where it is', () => {
    expect(range([...bendRange, 96, 0])).toBeCloseTo(2.01, 9)
    expect(range([...bendRange, 97, 0], { bendRange: 12 })).toBeCloseTo(11.99, 9)
    expect(range([...bendRange, 6, 7, ...none, ...bendRange, 96, 0, 96, 0])).toBeCloseTo(7.02, 9)
    expect(range([...bendRange, 6, 0, 97, 0])).toBe(0)
  })

  it('keeps its semitones when only cents are written', () => {
    expect(range([...bendRange, 38, 50])).toBeCloseTo(2.5, 9)
    expect(range([...bendRange, 6, 12, ...none, ...bendRange, 38, 25])).toBeCloseTo(12.25, 9)
    expect(range([...bendRange, 6, 12, 38, 25])).toBeCloseTo(12.25, 9)
  })

  it('of a note and of its zone reach 128 semitones together', () => {
    const member = [0xb1, ...bendRange, 6, 127, 0xb0, ...bendRange, 6, 127]
    const bends = all([...member, 0xe0, 127, 127, 0xe1, 127, 127], { mpe: { lower: 2 } })
    expect(bends.at(-1)).toMatchObject({ kind: 'play', event: { kind: 'bend', semitones: 128, channel: 1 } })
  })
})

it('a zone has no finer part: it stays as it is', () => {
  const zone = [0xb0, 101, 0, 100, 6, 6, 3]
  const note = [0x91, 60, 127]
  expect(all([...zone, 101, 0, 100, 6, ...note, 0xb0, 38, 0, 96, 0, 97, 0]).slice(-1)).toMatchObject([
    { kind: 'play', event: { kind: 'on' } },
  ])
})
