import { describe, expect, it } from 'vitest'
import { decodeMidi, decoderAtStart } from '../../src/midi/decoder.ts'
import { interpretMidi } from '../../src/midi/interpret.ts'
import { learning, learningEdits, learnt } from '../../src/midi/learn.ts'
import { midiAtStart } from '../../src/midi/state.ts'
import { edited, type KnobMidi, type Patch, type RelativeEncoding } from '../../src/patch/index.ts'

/** What a knob has learnt from these bytes, as a cable brings them. */
function lesson(bytes: readonly number[], relative?: RelativeEncoding): KnobMidi | undefined {
  let midi = midiAtStart()
  let state = learning('knob', relative)
  for (const message of decodeMidi(decoderAtStart, Uint8Array.from(bytes)).messages) {
    const step = interpretMidi(midi, message)
    midi = step.state
    for (const action of step.actions) {
      if (action.kind !== 'control') continue
      const next = learnt(state, action.control)
      if (next.midi !== undefined) return next.midi
      state = next.state
    }
  }
  return undefined
}

/** A controller that goes through these values. */
const cc = (number: number, ...values: number[]): number[] => [
  0xb0,
  ...values.flatMap((value) => [number, value]),
]

describe('learning', () => {
  it('takes the control that is moved by a few steps, with its channel', () => {
    expect(lesson(cc(74, 10, 11, 12, 13))).toEqual({ cc: 74, channel: 1 })
    expect(lesson([0xb9, ...cc(20, 3, 2, 1, 0).slice(1)])).toEqual({ cc: 20, channel: 10 })
    expect(lesson(cc(74, 10, 11, 12))).toBeUndefined()
  })

  it('is not taken in by another one that is touched in passing', () => {
    expect(lesson([...cc(1, 5, 6), ...cc(74, 10, 11, 12, 13)])).toEqual({ cc: 74, channel: 1 })
  })

  it('is not taken in by one that repeats where it stands', () => {
    expect(lesson(cc(11, 100, 100, 100, 100, 100, 100))).toBeUndefined()
  })

  it('takes a button that is pressed twice', () => {
    expect(lesson(cc(30, 127, 0, 127, 0))).toEqual({ cc: 30, channel: 1 })
  })

  it('takes both halves of a control in 14 bits as one', () => {
    const fine = Array.from({ length: 4 }, (_, i) => [7, 64, 39, i * 20]).flat()
    expect(lesson([0xb0, ...fine])).toEqual({ cc14: 7, channel: 1 })
  })

  it('takes a parameter', () => {
    const moves = Array.from({ length: 4 }, (_, i) => [99, 2, 98, 44, 6, i, 38, 5]).flat()
    expect(lesson([0xb3, ...moves])).toEqual({ nrpn: 300, channel: 4 })
  })

  it.each<[string, number[], RelativeEncoding | undefined]>([
    ['steps up', [1, 1, 1, 1], 'twosComplement'],
    ['steps down', [127, 127, 127, 126], 'twosComplement'],
    ['both ways', [1, 1, 127, 127], 'twosComplement'],
    ['steps up by an offset', [65, 65, 65, 66], 'offset64'],
    ['steps down by an offset', [63, 63, 63, 63], 'offset64'],
    ['both ways by a sign', [1, 1, 65, 65], 'signMagnitude'],
    ['a knob that is turned near its lower end', [4, 3, 2, 1], undefined],
    ['a knob that is turned through its middle', [63, 64, 65, 66], undefined],
    ['a knob that trembles elsewhere', [30, 30, 31, 31], undefined],
  ])('hears encoders by what they repeat: %s', (_, values, relative) => {
    expect(lesson(cc(20, ...values))).toEqual({ cc: 20, channel: 1, ...(relative && { relative }) })
  })

  it('believes who says how the encoder writes its steps', () => {
    expect(lesson(cc(20, 65, 65, 65, 65), 'signMagnitude')).toEqual({
      cc: 20,
      channel: 1,
      relative: 'signMagnitude',
    })
  })
})

describe('what is learnt', () => {
  const patch: Patch = {
    knobs: {
      a: { value: 0, midi: { cc: 7 } },
      b: { value: 0, midi: { cc: 7, channel: 2 } },
      c: { value: 0, midi: { cc14: 7 } },
      d: { value: 0, midi: { nrpn: 7 } },
    },
    devices: {},
  }
  const after = (midi: KnobMidi): unknown[] => {
    const { knobs } = learningEdits(patch, 'd', midi).reduce(edited, patch)
    return Object.values(knobs ?? {}).map((knob) => (typeof knob === 'number' ? knob : knob.midi))
  }

  it('is taken from the knobs that had the very same control, and no others', () => {
    const rest = { c: { cc14: 7 }, b: { cc: 7, channel: 2 } }
    expect(after({ cc: 7, channel: 1 })).toEqual([undefined, rest.b, rest.c, { cc: 7, channel: 1 }])
    expect(after({ cc14: 7, channel: 1 })).toEqual([{ cc: 7 }, rest.b, undefined, { cc14: 7, channel: 1 }])
    expect(after({ nrpn: 7, channel: 1 })).toEqual([{ cc: 7 }, rest.b, rest.c, { nrpn: 7, channel: 1 }])
  })
})
