import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import { readAction, type OscAction } from '../../src/osc/index.ts'
import { float, int, type OscArg } from '../../src/scsynth/index.ts'

const read = (address: string, ...args: OscArg[]): OscAction => readAction({ address, args })
const event = (address: string, ...args: OscArg[]): unknown => {
  const action = read(address, ...args)
  return action.kind === 'play' ? action.event : action
}
const refusal = (address: string, ...args: OscArg[]): string => {
  try {
    return `understood: ${read(address, ...args).kind}`
  } catch (error) {
    return error instanceof MegasynthError ? error.message : String(error)
  }
}

describe('/note', () => {
  it('takes a note as a number of any type, or as a text', () => {
    for (const note of [int(60), float(60), { double: 60 }, { long: 60n }, 'C4', 'c4', '60'])
      expect(event('/note', note, float(0.5))).toEqual({ kind: 'on', note: 60, velocity: 0.5 })
    expect(event('/note', float(60.5), float(0.5))).toMatchObject({ note: 60.5 })
  })

  it('takes a velocity 0..1, or of MIDI; 0 ends the note; without one it is 0.8', () => {
    expect(event('/note', int(60))).toEqual({ kind: 'on', note: 60, velocity: 0.8 })
    for (const [given, velocity] of [
      [float(1), 1],
      [int(1), 1],
      [true, 1],
      [int(2), 2 / 127],
      [int(127), 1],
      [int(64), 64 / 127],
    ] as const)
      // prettier-ignore
      expect(event('/note', int(60), given)).toEqual({ kind: 'on', note: 60, velocity })
    for (const none of [int(0), float(0), float(-0), false])
      expect(event('/note', int(60), none)).toEqual({ kind: 'off', note: 60 })
  })

  it('takes a length in seconds', () => {
    expect(read('/note', 'C4', float(0.5), float(2))).toEqual({
      kind: 'play',
      event: { kind: 'on', note: 60, velocity: 0.5 },
      seconds: 2,
    })
    expect(event('/note', 'C4', int(0), int(2))).toEqual({ kind: 'off', note: 60 })
  })

  it('on and off take the name of a note', () => {
    expect(event('/note/on', int(60))).toEqual({ kind: 'on', note: 60, velocity: 0.8 })
    expect(event('/note/on', int(60), float(1), 'left')).toEqual({ kind: 'on', note: 60, velocity: 1, id: 'left' }) // prettier-ignore
    expect(event('/note/on', int(60), int(0), int(7))).toEqual({ kind: 'off', note: 60, id: 7 })
    expect(event('/note/off', int(60))).toEqual({ kind: 'off', note: 60 })
    expect(event('/note/off', 'C4', 'left')).toEqual({ kind: 'off', note: 60, id: 'left' })
  })
})

describe('other messages', () => {
  it('bend, press, and hold; a channel may come first, from 1', () => {
    expect(event('/bend', float(-2))).toEqual({ kind: 'bend', semitones: -2 })
    expect(event('/pressure', float(0.5))).toEqual({ kind: 'pressure', value: 0.5 })
    expect(event('/channel/3/pressure', float(0.5), 'C4')).toEqual({ kind: 'pressure', value: 0.5, note: 60, channel: 2 }) // prettier-ignore
    expect(event('/channel/16/timbre', int(1))).toEqual({ kind: 'timbre', value: 1, channel: 15 })
    for (const down of [true, int(1), int(127), float(1)])
      expect(event('/sustain', down)).toEqual({ kind: 'sustain', down: true })
    expect(event('/channel/1/sostenuto', int(0))).toEqual({ kind: 'sostenuto', down: false, channel: 0 })
    expect(event('/notes/off')).toEqual({ kind: 'allOff' })
    expect(event('/channel/2/note', int(60), float(0.5))).toMatchObject({ kind: 'on', channel: 1 })
  })

  it('turn knobs, silence, recall', () => {
    expect(read('/knob/cutoff', float(0.5))).toEqual({ kind: 'knob', name: 'cutoff', position: 0.5 })
    expect(read('/knob/cutoff', true)).toEqual({ kind: 'knob', name: 'cutoff', position: 1 })
    expect(event('/silence')).toEqual({ kind: 'silence' })
    expect(event('/silence', float(1))).toEqual({ kind: 'silence' })
    expect(read('/panic')).toEqual({ kind: 'panic' })
    expect(read('/panic', float(1))).toEqual({ kind: 'panic' })
    expect(read('/recall', 'verse')).toEqual({ kind: 'recall', name: 'verse', over: 0 })
    expect(read('/recall', 'verse', int(4))).toEqual({ kind: 'recall', name: 'verse', over: 4 })
    expect(read('/channel/1/panic')).toEqual({ kind: 'panic', channel: 0 })
    expect(read('/channel/2/knob/cutoff', int(1))).toEqual({ kind: 'knob', name: 'cutoff', position: 1, channel: 1 }) // prettier-ignore
    expect(read('/channel/16/recall', 'verse')).toEqual({ kind: 'recall', name: 'verse', over: 0, channel: 15 }) // prettier-ignore
  })
})

describe('what is refused', () => {
  it.each([
    ['/note', []],
    ['/note', ['H4']],
    ['/note', [int(128)]],
    ['/note', [float(-1)]],
    ['/note', [true]],
    ['/note', [float(NaN)]],
    ['/note', [int(60), float(1.5)]],
    ['/note', [int(60), int(128)]],
    ['/note', [int(60), float(NaN)]],
    ['/note', [int(60), 'loud']],
    ['/note', [int(60), float(1), float(Infinity)]],
    ['/note', [int(60), float(1), float(-1)]],
    ['/note', [int(60), float(1), float(3601)]],
    ['/note', [int(60), float(1), float(1), float(1)]],
    ['/note', [[int(60)]]],
    ['/note', [null]],
    ['/note', [{ impulse: true }]],
    ['/note', [{ timeTag: 60n }]],
    ['/note', [new Uint8Array(4)]],
    ['/note/on', [int(60), float(1), float(NaN)]],
    ['/note/on', [int(60), float(1), 'x'.repeat(65)]],
    ['/note/off', [int(60), int(1), int(2)]],
    ['/bend', [float(129)]],
    ['/knob/', [float(0.5)]],
    ['/knob/cutoff', []],
    ['/knob/cutoff', [float(1.01)]],
    ['/knob/cutoff', [int(2)]],
    ['/knob/cutoff', [float(0.5), float(0.5)]],
    [`/knob/${'x'.repeat(65)}`, [float(0.5)]],
    ['/recall', []],
    ['/recall', [int(1)]],
    ['/recall', ['']],
    ['/recall', ['verse', float(-1)]],
    ['/channel/0/note', [int(60)]],
    ['/channel/17/note', [int(60)]],
    ['/silence', [int(1), int(1)]],
    ['/channel/1', []],
    ['/constructor', []],
    ['/__proto__', []],
    ['/NOTE', [int(60)]],
    ['/note*', [int(60)]],
    ['/', []],
  ] as [string, OscArg[]][])('%s, with a reason: %#', (address, args) => {
    const text = refusal(address, ...args)
    expect(text).toMatch(/\[(invalid-osc|invalid-notes)\]/)
    expect(text).toContain('expected:')
  })

  it('names what was probably meant, and the form that is expected', () => {
    expect(refusal('/nite', int(60))).toContain('did you mean "/note"?')
    expect(refusal('/knob/cutoff', int(2))).toBe(
      '/knob/cutoff: this is no position 0..1 [invalid-osc]\n  found:    2\n  expected: /knob/<name> position',
    )
  })

  it('is nothing but MegasynthErrors, whatever the arguments are', () => {
    const address = fc.constantFrom('/note', '/note/on', '/note/off', '/bend', '/pressure', '/timbre', '/sustain', '/sostenuto', '/notes/off', '/silence', '/panic', '/recall', '/knob/a', '/channel/9/note') // prettier-ignore
    const arg = fc.oneof<fc.Arbitrary<OscArg>[]>(
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(int),
      fc.float().map(float),
      fc.double().map((double) => ({ double })),
      fc.bigInt().map((long) => ({ long })),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array(),
    )
    fc.assert(
      fc.property(address, fc.array(arg, { maxLength: 5 }), (name, args) => {
        expect(refusal(name, ...args)).toMatch(/^understood: |\[(invalid-osc|invalid-notes)\]/)
      }),
      { numRuns: 2000 },
    )
  })
})
