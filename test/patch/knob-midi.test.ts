import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { MegasynthError } from '../../src/errors/index.ts'
import { checkPatch, edited, parsePatch, type KnobMidi, type Patch } from '../../src/patch/index.ts'
import { knob } from './specs.ts'

describe('the MIDI control of a knob', () => {
  const controls: readonly KnobMidi[] = [
    { cc: 0 },
    { cc: 119, channel: 16, takeover: 'jump' },
    { cc: 10, relative: 'signMagnitude' },
    { cc14: 31, takeover: 'pickup' },
    { nrpn: 16382, channel: 1 },
  ]

  it.each(controls)('may be %j', (midi) => {
    expect(checkPatch(knob({ value: 0.5, midi }), standard, out).problems).toEqual([])
  })

  it('is nothing to the sound: the normal form is the same without it', () => {
    const parse = (spec: unknown): unknown => parsePatch(knob(spec), standard, out)
    expect(parse({ value: 0.5, midi: { cc: 7 } })).toEqual(parse(0.5))
  })

  it('has one problem for one mistake', () => {
    const codes = (midi: unknown): string[] =>
      checkPatch(knob({ value: 0.5, midi }), standard, out).problems.map(
        ({ code, path }) => `${code} ${path}`,
      )
    expect(codes({ c: 7 })).toEqual(['unknown-key knobs.knob0.midi.c'])
    expect(codes({ channel: 1 })).toEqual(['missing-key knobs.knob0.midi'])
    expect(codes({ channel: 0, cc: 1 })).toEqual(['out-of-range knobs.knob0.midi.channel'])
    expect(codes(7)).toEqual(['invalid-value knobs.knob0.midi'])
  })
})

describe('mapKnob', () => {
  const patch: Patch = {
    knobs: { volume: 0.5, depth: { value: 0.2, label: 'Depth' } },
    devices: { osc0: { type: 'oscillator' } },
  }
  const map = (name: string, midi?: KnobMidi, to = patch): Patch =>
    edited(to, { type: 'mapKnob', name, midi })

  it('gives a knob its control, and another one, and takes it away', () => {
    const mapped = map('volume', { cc: 7 })
    expect(mapped.knobs).toEqual({ ...patch.knobs, volume: { value: 0.5, midi: { cc: 7 } } })
    const again = map('volume', { cc14: 7, channel: 2 }, mapped)
    expect(again.knobs?.['volume']).toEqual({ value: 0.5, midi: { cc14: 7, channel: 2 } })
    expect(map('volume', undefined, again).knobs?.['volume']).toEqual({ value: 0.5 })
  })

  it('keeps what the knob says beside it, and the order of the knobs', () => {
    const mapped = map('volume', { cc: 7 }, map('depth', { nrpn: 3 }))
    expect(mapped.knobs?.['depth']).toEqual({ value: 0.2, label: 'Depth', midi: { nrpn: 3 } })
    expect(Object.keys(mapped.knobs ?? {})).toEqual(['volume', 'depth'])
  })

  it('refuses a knob that is not there, with the nearest', () => {
    const refusal = (): unknown => map('depht', { cc: 1 })
    expect(refusal).toThrow(MegasynthError)
    expect(refusal).toThrow(/unknown-knob[^]*did you mean "depth"/)
  })
})
