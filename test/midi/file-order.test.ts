import { describe, expect, it } from 'vitest'
import { readMidiFile } from '../../src/midi/file.ts'
import { brief, midiBytes } from './midi-bytes.ts'

describe('the order of what is played', () => {
  it('keeps a note-off and what it hears at the same time in their order', () => {
    const at20 = (...events: number[][]): string[] => {
      const [first = [], ...more] = events
      const track = [0, 0x90, 60, 100, 20, ...first, ...more.flatMap((event) => [0, ...event])]
      return brief(readMidiFile(midiBytes([track]))).slice(1)
    }
    const [off, on] = [
      [0x80, 60, 0],
      [0x90, 62, 1],
    ]
    const [down, up] = [
      [0xb0, 64, 127],
      [0xb0, 64, 0],
    ]
    expect(at20(down, on, off).slice(0, 3)).toEqual([
      '0.100 controller 64 127',
      '0.100 noteOff 60',
      '0.100 noteOn 62',
    ])
    expect(at20(on, off, down).slice(0, 3)).toEqual([
      '0.100 noteOff 60',
      '0.100 noteOn 62',
      '0.100 controller 64 127',
    ])
    expect(at20(up, down, off).slice(0, 3)).toEqual([
      '0.100 controller 64 0',
      '0.100 controller 64 127',
      '0.100 noteOff 60',
    ])
    // a pedal of another channel does not matter, unless it may be the master of an MPE zone
    expect(at20([0xb3, 64, 127], on, off)[0]).toBe('0.100 noteOff 60')
    expect(at20([0xbf, 64, 127], on, off)[0]).toBe('0.100 controller 64 127')
  })

  it('gives a short note no length by which a pedal would hold it', () => {
    // at 5 ms it ends, at 5 or 8 ms the pedal goes down
    const stroke = (...pedal: number[]): string[] =>
      brief(readMidiFile(midiBytes([[0, 0x90, 60, 100, 1, 60, 0, ...pedal, 100, 0x90, 62, 0]], 1, 100)))
    expect(stroke(0, 0xb0, 64, 127)).toEqual([
      '0.000 noteOn 60',
      '0.005 noteOff 60',
      '0.005 controller 64 127',
    ])
    expect(stroke(0, 0xb1, 64, 127).at(-1)).toBe('0.010 noteOff 60')
    expect(stroke(0, 0xb0, 64, 0).at(-1)).toBe('0.010 noteOff 60')
    const atOnce = midiBytes([[0, 0x90, 60, 100, 0, 60, 0, 0, 0xb0, 66, 127]])
    expect(brief(readMidiFile(atOnce))).toEqual([
      '0.000 noteOn 60',
      '0.000 noteOff 60',
      '0.000 controller 66 127',
    ])
  })
})
