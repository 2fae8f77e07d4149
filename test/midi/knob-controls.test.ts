import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isTakenBy, mappedKnobs, turned, turns, type Grip } from '../../src/midi/knob-controls.ts'
import type { MidiControl } from '../../src/midi/state.ts'
import type { KnobMidi } from '../../src/patch/index.ts'
import { runs } from '../laws/patches.ts'

const cc = (number: number, value: number, channel = 0): MidiControl => ({
  kind: 'cc',
  number,
  channel,
  value,
  position: value / 127,
})
const value7 = fc.integer({ min: 0, max: 127 })

/** Where a knob goes when its control goes through these values; something else may move it in between. */
function path(midi: KnobMidi, moves: readonly (number | { to: number })[], start: number): number[] {
  let grip: Grip | undefined
  let knob = start
  return moves.map((move) => {
    if (typeof move !== 'number') return (knob = move.to)
    const step = turned(grip, midi, cc(7, move), knob)
    grip = step.grip
    return (knob = step.position ?? knob)
  })
}

describe('which control turns a knob', () => {
  it('is said by kind, number and channel', () => {
    expect(turns(cc(7, 0, 3), { cc: 7 })).toBe(true)
    expect(turns(cc(7, 0, 3), { cc: 7, channel: 4 })).toBe(true)
    expect(turns(cc(7, 0, 3), { cc: 7, channel: 3 })).toBe(false)
    expect(turns(cc(7, 0), { cc: 8 })).toBe(false)
    expect(turns(cc(7, 0), { cc14: 7 })).toBe(false)
    expect(turns({ ...cc(7, 0), kind: 'cc14' }, { cc14: 7 })).toBe(true)
    expect(turns({ ...cc(300, 0), kind: 'nrpn' }, { nrpn: 300 })).toBe(true)
  })

  it('takes both halves of a control in 14 bits', () => {
    const knobs = mappedKnobs({
      knobs: { a: { value: 0, midi: { cc14: 1, channel: 1 } }, b: 0.5, c: { value: 1 } },
      devices: {},
    })
    expect(knobs.map(({ name }) => name)).toEqual(['a'])
    const taken = (number: number, channel = 0): boolean => isTakenBy(knobs, cc(number, 0, channel))
    expect([taken(1), taken(33), taken(65), taken(2), taken(1, 1)]).toEqual([true, true, false, false, false])
  })
})

describe('pickup', () => {
  it('never moves a knob until its control has come to where it is or passed it', () => {
    fc.assert(
      fc.property(
        fc.array(value7, { maxLength: 60, size: 'max' }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, start) => {
          const positions = path({ cc: 7 }, values, start)
          const first = positions.findIndex((position) => position !== start)
          if (first < 0) return
          const near = Math.abs((values[first] ?? 0) / 127 - start) <= 1.01 / 127
          const before = (values[first - 1] ?? Number.NaN) / 127 - start
          const after = (values[first] ?? 0) / 127 - start
          expect(near || before * after <= 0).toBe(true)
        },
      ),
      runs(500),
    )
  })

  it('moves a knob by no more than the control is moved, and one step', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(value7, fc.record({ to: fc.double({ min: 0, max: 1, noNaN: true }) })), {
          maxLength: 60,
          size: 'max',
        }),
        (moves) => {
          const positions = path({ cc: 7 }, moves, 0.5)
          let control: number | undefined
          moves.forEach((move, i) => {
            if (typeof move !== 'number') return
            const jump = Math.abs((positions[i] ?? 0) - (positions[i - 1] ?? 0.5))
            // the first move tells only where the control is
            const turn = control === undefined ? 0 : Math.abs(move - control) / 127
            expect(jump).toBeLessThanOrEqual(turn + 1.02 / 127)
            control = move
          })
        },
      ),
      runs(500),
    )
  })

  it('follows exactly once it has taken over', () => {
    expect(path({ cc: 7 }, [0, 64, 70, 10], 0.5)).toEqual([0.5, 64 / 127, 70 / 127, 10 / 127])
  })

  it('waits again for a knob that something else has moved', () => {
    expect(path({ cc: 7 }, [64, { to: 0.9 }, 60, 70, 127], 0.5)).toEqual([64 / 127, 0.9, 0.9, 0.9, 1])
  })

  it('is not asked for where the control may jump', () => {
    expect(path({ cc: 7, takeover: 'jump' }, [127, { to: 0.5 }, 0], 0.2)).toEqual([1, 0.5, 0])
  })
})

describe('encoders', () => {
  it.each([
    ['twosComplement', [1, 127, 3, 125]],
    ['signMagnitude', [1, 65, 3, 67]],
    ['offset64', [65, 63, 67, 61]],
  ] as const)('%s: steps up and down', (relative, [up, down, up3, down3]) => {
    const from = 64 / 127
    const steps = path({ cc: 7, relative }, [up, down, up3, down3], from)
    expect(steps.map((position) => Math.round(position * 127))).toEqual([65, 64, 67, 64])
  })

  it('stops at both ends, and turns from where the knob is', () => {
    const down = path({ cc: 7, relative: 'twosComplement' }, [65, { to: 0.999 }, 63, 64], 0.1)
    expect(down).toEqual([0, 0.999, 1, 1 - 64 / 127])
  })
})
