import { describe, expect, it } from 'vitest'
import { decodeMidi, decoderAtStart } from '../../src/midi/decoder.ts'
import { interpretMidi } from '../../src/midi/interpret.ts'
import { midiAtStart, type MidiControl, type MidiOptions } from '../../src/midi/state.ts'

/** An action in one line: `on 60 0.5 /0` is a note-on on channel 0 (the first), `cc 7 = 64 /0` a control. */
function* lines(
  bytes: readonly number[],
  options: MidiOptions,
  isTaken: (control: MidiControl) => boolean,
): Generator<string> {
  let state = midiAtStart(options)
  for (const message of decodeMidi(decoderAtStart, Uint8Array.from(bytes)).messages) {
    const step = interpretMidi(state, message, isTaken)
    state = step.state
    for (const action of step.actions) {
      if (action.kind === 'control') {
        const { kind, number, value, channel } = action.control
        yield `${kind} ${number} = ${value} /${channel}`
      } else if (action.kind === 'play') {
        // that it is for keys that are down is told below
        const {
          kind,
          channel,
          keysDown: _,
          ...rest
        } = { channel: undefined, keysDown: undefined, ...action.event }
        const values = Object.values<unknown>(rest).map((value) =>
          typeof value === 'number' ? Math.round(value * 1000) / 1000 : value,
        )
        yield [kind, ...values, ...(channel === undefined ? [] : [`/${channel}`])].join(' ')
      } else yield Object.values(action).join(' ')
    }
  }
}

type IsTaken = (control: MidiControl) => boolean

const all = (bytes: readonly number[], options: MidiOptions = {}, isTaken: IsTaken = () => false) => [
  ...lines(bytes, options, isTaken),
]
/** Without the moves of controls. */
const heard = (bytes: readonly number[], options: MidiOptions = {}, isTaken: IsTaken = () => false) =>
  all(bytes, options, isTaken).filter((line) => !/^(cc|nrpn)/.test(line))
const controls = (...bytes: number[]): string[] => all(bytes).filter((line) => /^(cc|nrpn)/.test(line))

/** Chooses a registered parameter and writes to it. */
const rpn = (channel: number, number: number, coarse: number, fine?: number): number[] => [
  ...[0xb0 + channel, 101, 0, 100, number, 6, coarse],
  ...(fine === undefined ? [] : [38, fine]),
]

describe('notes', () => {
  it('have a velocity 0..1 and their channel; velocity 0 is a release', () => {
    expect(heard([0x90, 60, 127, 0x93, 61, 64, 61, 0, 0x80, 60, 9])).toEqual([
      'on 60 1 /0',
      'on 61 0.504 /3',
      'off 61 /3',
      'off 60 /0',
    ])
    expect(
      interpretMidi(midiAtStart(), { kind: 'noteOn', channel: 0, note: 60, velocity: 0 }).actions,
    ).toEqual([{ kind: 'play', event: { kind: 'off', note: 60, channel: 0 } }])
  })

  it('of other channels than the one that is listened to are not heard', () => {
    expect(heard([0x90, 60, 127, 0x91, 61, 127, 0xd1, 5, 0xc0, 1], { channel: 2 })).toEqual([
      'on 61 1 /1',
      'pressure 0.039 /1',
    ])
  })
})

describe('expression', () => {
  it('bends by two semitones at first, to both ends exactly', () => {
    expect(heard([0xe0, 0, 0, 127, 127, 0, 64])).toEqual(['bend -2 /0', 'bend 2 /0', 'bend 0 /0'])
    expect(heard([0xe0, 127, 127], { bendRange: 12 })).toEqual(['bend 12 /0'])
  })

  it('takes the bend range that the device gives, in semitones and cents, at once', () => {
    expect(heard([0xe0, 127, 127, ...rpn(0, 0, 12), 38, 50, 0xe0, 0, 0])).toEqual([
      'bend 2 /0',
      'bend 12 /0',
      'bend 12.5 /0',
      'bend -12.5 /0',
    ])
    // data entry on another channel, for another parameter, and for none, is for something else
    expect(
      heard([
        ...rpn(1, 0, 12),
        ...rpn(0, 1, 12),
        ...rpn(0, 0, 4),
        ...[101, 127, 100, 127, 6, 24, 0xe0, 127, 127],
      ]).at(-1),
    ).toBe('bend 4 /0')
  })

  it('has pressure of a channel and of a key', () => {
    expect(heard([0xd0, 127, 0xa0, 60, 0])).toEqual(['pressure 1 /0', 'pressure 0 60 /0'])
  })

  it('makes timbre of the wheel and of controller 74, unless a knob names them', () => {
    const bytes = [0xb0, 1, 127, 74, 0]
    expect(heard(bytes)).toEqual(['timbre 1 /0', 'timbre 0 /0'])
    expect(heard(bytes, {}, ({ number }) => number === 1)).toEqual(['timbre 0 /0'])
  })

  it('has pedals that are down from 64 on', () => {
    expect(heard([0xb0, 64, 64, 64, 63, 66, 127, 66, 0])).toEqual([
      'sustain true /0',
      'sustain false /0',
      'sostenuto true /0',
      'sostenuto false /0',
    ])
  })

  it('lifts a pedal that a knob has taken while it was down', () => {
    expect(heard([0xb0, 64, 127, 64, 0], {}, ({ number }) => number === 64)).toEqual(['sustain false /0'])
  })
})

describe('messages about a channel', () => {
  it('120 silences everything', () => {
    expect(heard([0x90, 60, 127, 0xb0, 120, 0])).toEqual(['on 60 1 /0', 'silence'])
  })

  it.each([123, 124, 125, 126, 127])('%i releases the keys of its channel, and leaves the pedal', (mode) => {
    expect(heard([0x90, 60, 127, 0x91, 61, 127, 0xb0, 64, 127, mode, 0]).slice(3)).toEqual(['off 60 /0'])
  })

  it('121 puts pedals, bend, pressure and timbre back, and says only what changes', () => {
    const moved = [0xe0, 0, 0, 0xd0, 127, 0xb0, 64, 127, 66, 127, 1, 127]
    expect(heard([...moved, 0xb0, 121, 0]).slice(5)).toEqual([
      'sustain false /0',
      'sostenuto false /0',
      'bend 0 /0',
      'pressure 0 /0',
      'timbre 0.5 /0',
    ])
    expect(heard([0xb0, 121, 0, 122, 0])).toEqual([])
  })

  it('a reset lets go of all channels', () => {
    expect(heard([0x90, 60, 127, 0x9f, 61, 127, 0xbf, 64, 127, 0xff]).slice(3)).toEqual([
      'off 60 /0',
      'off 61 /15',
      'sustain false /15',
    ])
  })
})

describe('controls', () => {
  it('are controllers, and those of 0..31 also in 14 bits', () => {
    expect(controls(0xb2, 74, 100)).toEqual(['cc 74 = 100 /2'])
    expect(controls(0xb0, 7, 100)).toEqual(['cc 7 = 100 /0', 'cc14 7 = 12800 /0'])
  })

  it('the coarse part waits for the finer one, once that has been heard', () => {
    expect(controls(0xb0, 7, 1, 39, 5, 7, 2, 39, 0).filter((line) => line.startsWith('cc14'))).toEqual([
      'cc14 7 = 128 /0',
      'cc14 7 = 133 /0',
      'cc14 7 = 256 /0',
    ])
  })

  it('reach both ends, in 7 and in 14 bits', () => {
    const positions = (...bytes: number[]): number[] => {
      let state = midiAtStart()
      return decodeMidi(decoderAtStart, Uint8Array.from(bytes)).messages.flatMap((message) => {
        const step = interpretMidi(state, message)
        state = step.state
        return step.actions.flatMap((action) =>
          action.kind === 'control' && action.control.kind !== 'cc' ? [action.control.position] : [],
        )
      })
    }
    expect(positions(0xb0, 7, 127, 39, 127)).toEqual([1, 1])
    expect(positions(0xb0, 99, 1, 98, 2, 6, 127, 38, 127, 6, 0, 38, 0)).toEqual([1, 1, 0])
  })

  it('are non-registered parameters, in 7 and in 14 bits', () => {
    const choose = [0xb0, 99, 2, 98, 5]
    expect(controls(...choose, 6, 3).filter((line) => line.startsWith('nrpn'))).toEqual(['nrpn 261 = 384 /0'])
    expect(
      controls(...choose, 6, 3, 38, 1, 6, 4, 38, 0, 96, 0).filter((line) => line.startsWith('nrpn')),
    ).toEqual(['nrpn 261 = 384 /0', 'nrpn 261 = 385 /0', 'nrpn 261 = 512 /0', 'nrpn 261 = 513 /0'])
    // without a finer part a step is one of 127
    expect(controls(...choose, 6, 3, 97, 0).at(-1)).toBe('nrpn 261 = 256 /0')
  })

  it('include no messages about the channel', () => {
    expect(controls(0xb0, 120, 0, 121, 0, 123, 0)).toEqual([])
  })
})

describe('programs and the clock', () => {
  it('has a program with its bank', () => {
    expect(heard([0xc0, 5, 0xb0, 0, 1, 32, 2, 0xc0, 7])).toEqual(['program 0 0 5', 'program 0 130 7'])
  })

  it('has the clock, and the position in beats', () => {
    expect(heard([0xfa, 0xf8, 0xfc, 0xf2, 6, 0, 0xfb, 0xfe, 0xf6])).toEqual([
      'start',
      'clock',
      'stop',
      'position 1.5',
      'continue',
    ])
  })
})

describe('MPE', () => {
  const lower = rpn(0, 6, 3)

  it('bends one note by 48 semitones, adds the bend of the zone, and leaves other channels alone', () => {
    expect(heard([...lower, 0xe2, 127, 127, 0xe4, 127, 127])).toEqual(['bend 48 /2', 'bend 2 /4'])
    expect(heard([...lower, 0xe2, 0, 0, 0xe0, 127, 127]).slice(1)).toEqual([
      'bend 2 /0',
      'bend 2 /1',
      'bend -46 /2',
      'bend 2 /3',
    ])
  })

  it('is for keys that are down: what is still heard of a note does not follow its channel, which is another note', () => {
    const flagged = (bytes: readonly number[]): (string | boolean | undefined)[] => {
      let state = midiAtStart()
      return decodeMidi(decoderAtStart, Uint8Array.from(bytes)).messages.flatMap((message) => {
        const step = interpretMidi(state, message)
        state = step.state
        return step.actions.flatMap((action) => {
          if (action.kind !== 'play' || action.event.kind === 'on') return []
          const { channel, keysDown } = { channel: undefined, keysDown: undefined, ...action.event }
          return [`${action.event.kind} ${channel}`, keysDown]
        })
      })
    }
    const touch = (channel: number): number[] => [
      0xe0 + channel,
      1,
      70,
      0xd0 + channel,
      5,
      0xb0 + channel,
      74,
      9,
    ]
    expect(flagged([...lower, ...touch(2)])).toEqual(['bend 2', true, 'pressure 2', true, 'timbre 2', true])
    // the master, and what is in no zone
    expect(flagged([...lower, ...touch(0)]).slice(0, 4)).toEqual(['bend 0', undefined, 'bend 1', true])
    expect(flagged([...lower, ...touch(4)])).toEqual(['bend 4', undefined, 'pressure 4', undefined, 'timbre 4', undefined]) // prettier-ignore
  })

  it('has a range for the zone and one for all its notes', () => {
    const bytes = [...lower, ...rpn(2, 0, 24), ...rpn(0, 0, 1), 0xe0, 127, 127, 0xe1, 127, 127]
    expect(heard(bytes).slice(-5)).toEqual(['bend 1 /0', 'bend 1 /1', 'bend 1 /2', 'bend 1 /3', 'bend 25 /1'])
  })

  it('feels the stronger pressure of note and zone, and has a timbre for each note', () => {
    expect(heard([...lower, 0xd1, 64, 0xd0, 127, 0xd0, 0])).toEqual([
      'pressure 0.504 /1',
      ...['pressure 1 /0', 'pressure 1 /1', 'pressure 1 /2', 'pressure 1 /3'],
      ...['pressure 0 /0', 'pressure 0.504 /1', 'pressure 0 /2', 'pressure 0 /3'],
    ])
    expect(heard([...lower, 0xb1, 74, 127, 0xb1, 1, 0])).toEqual(['timbre 1 /1'])
    // even where a knob names 74: the slide of a note is no knob
    expect(all([...lower, 0xb1, 74, 127], {}, () => true).at(-1)).toBe('timbre 1 /1')
  })

  it('has the pedal, 123 and the program of the zone on its master', () => {
    expect(heard([...lower, 0x91, 60, 127, 0xb0, 64, 127, 123, 0, 0xc1, 1, 0xc0, 2])).toEqual([
      'on 60 1 /1',
      ...['sustain true /0', 'sustain true /1', 'sustain true /2', 'sustain true /3'],
      'off 60 /1',
      'program 0 0 2',
    ])
  })

  it('has an upper zone, which counts down from its master, and takes its room from the other', () => {
    const upper = rpn(15, 6, 13)
    expect(heard([...lower, ...upper, 0xef, 127, 127]).length).toBe(14)
    // channel 2 (the third) is now of the upper zone, channel 1 is still of the lower
    expect(heard([...lower, ...upper, 0xe2, 127, 127, 0xe1, 127, 127])).toEqual(['bend 48 /2', 'bend 48 /1'])
    expect(heard([...lower, ...rpn(15, 6, 15), 0xe0, 127, 127])).toEqual(['bend 48 /0'])
  })

  it('ends what sounds on channels that change hands', () => {
    expect(heard([0x91, 60, 127, 0xe1, 127, 127, 0x99, 61, 127, ...lower]).slice(3)).toEqual([
      'off 60 /1',
      'bend 0 /1',
    ])
    expect(heard([...lower, ...rpn(0, 6, 0), 0xe1, 127, 127])).toEqual(['bend 2 /1'])
  })

  it('is not changed by a message on another channel, or with more members than there are channels', () => {
    expect(heard([...rpn(3, 6, 3), ...rpn(0, 6, 16), 0xe1, 127, 127])).toEqual(['bend 2 /1'])
  })

  it('can be asked for, and be the one that is listened to', () => {
    const options = { channel: 1, mpe: { lower: 2, upper: 3 } }
    expect(heard([0xe1, 127, 127, 0xee, 127, 127, 0xe5, 127, 127], options)).toEqual(['bend 48 /1'])
  })
})
