import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMidiFile } from '../../src/midi/file.ts'
import { scratch } from '../cli/helpers.ts'
import { lead, sitDown, type Sitting } from './sitting.ts'
import { until } from '../until.ts'

const folder = scratch()
let at: Sitting
const typed: Sitting['typed'] = async (line) => await at.typed(line)
beforeAll(async () => void (at = await sitDown(folder.path)))
afterAll(async () => await at.synth.close())

describe('recording and sending at the prompt', () => {
  it('records sound and MIDI at once, each once at a time, and ends both', async () => {
    expect((await typed("recordMidi('take.mid')")).text).toBe('recording take.mid: stop() ends it')
    await expect(typed("recordMidi('other.mid')")).rejects.toThrow(
      /^recordMidi: something is being recorded already .*\n {2}stop\(\) ends it$/,
    )
    await typed("record('take.wav')")
    await typed("setKnob('cutoff', 0.25)")
    await typed("noteOn('C4', 1), noteOn('E4', 0.5)")
    await until(() => at.synth.stats().voices.held === 2)
    await typed("noteOff('C4')")
    await until(() => at.synth.stats().voices.held === 1)
    const lines = (await typed('stop()')).text.split('\n')
    expect(lines).toEqual([expect.stringMatching(/^✓ take\.mid: \d+\.\d\d s, 2 notes$/), 'the take is there'])
    const { messages } = readMidiFile(readFileSync(join(folder.path, 'take.mid')))
    expect(messages.flatMap(({ message: m }) => ('note' in m ? [[m.kind, m.note]] : []))).toEqual([
      ['noteOn', 60],
      ['noteOn', 64],
      ['noteOff', 60],
      // it was still held
      ['noteOff', 64],
    ])
    expect((await typed('stop()')).text).toBe('nothing is being recorded')
    await typed("noteOff('E4')")
    await expect(typed("recordMidi('take.mid')")).rejects.toThrow("replace it: recordMidi('take.mid', { force: true })") // prettier-ignore
    // what was refused is not being recorded
    expect((await typed('stop()')).text).toBe('nothing is being recorded')
  })

  it('takes one of two recordings that are asked for in one line, and keeps one though the other fails', async () => {
    const { outside } = at.desk
    const stop = async () => await Promise.reject(new Error('the disk is full'))
    at.desk = { ...at.desk, outside: { ...outside, record: async () => await Promise.resolve({ stop }) } }
    at.said = []
    await expect(typed("Promise.all([recordMidi('a.mid'), recordMidi('b.mid')])")).rejects.toThrow('already')
    await typed("record('full.wav')")
    await expect(typed('stop()')).rejects.toThrow('the disk is full')
    expect(at.said).toEqual([expect.stringContaining('✓ a.mid')])
    expect(folder.names().filter((name) => /^\.|[ab]\.mid$/.test(name))).toEqual(['a.mid'])
    at.desk = { ...at.desk, outside }
  })

  it('sends on what is played to an output, with its clock and its knobs, until it is told not to', async () => {
    await at.synth.apply({ ...lead, knobs: { cutoff: { value: 0.5, midi: { cc: 74 } } } })
    const sent = (port: string): number[][] => at.ports.sent.get(port) ?? []
    expect((await typed('midiOut()')).text).toBe('Keystation\nMinilogue')
    expect((await typed("midiOut('mini')")).text).toBe('what is played is sent to Minilogue, and the clock with it') // prettier-ignore
    expect((await typed('midiOut()')).text).toBe('Keystation\nMinilogue   is sent to')
    expect((await typed("midiOut('Minilogue')")).text).toBe('Minilogue is sent to already')
    await typed("noteOn('C4', 1), setKnob('cutoff', 1)")
    await until(() => sent('Minilogue').some(([status, data]) => status === 0xb0 && data === 74))
    expect(sent('Minilogue')).toContainEqual([0x90, 60, 127])
    await until(() => sent('Minilogue').filter(([status]) => status === 0xf8).length > 2)
    // one that is not there changes nothing
    await expect(typed("midiOut('Minilog')")).resolves.toBeDefined()
    await expect(typed("midiOut('Moog')")).rejects.toThrow('unknown-midi-port')
    await expect(typed("midiOut('')")).rejects.toThrow('this names no MIDI port')
    await expect(typed('midi(3)')).rejects.toThrow('this names no MIDI port')
    at.said = []
    at.ports.unplug('Minilogue')
    at.ports.plug('Minilogue')
    expect(at.said).toEqual(['MIDI: Minilogue is gone', 'MIDI: Minilogue is there again, and is sent to'])
    await until(() => sent('Minilogue').some(([status]) => status === 0xf8))
    // another one: what sounds at the first is ended
    expect((await typed("midiOut('Keys')")).text).toContain('Keystation')
    expect(sent('Minilogue').slice(-2)).toEqual([[0x80, 60, 64], [0xfc]])
    await typed("noteOn('G4', 1)")
    await until(() => sent('Keystation').some(([status, data]) => status === 0x90 && data === 67))
    await until(() => sent('Keystation').some(([status]) => status === 0xf8))
    expect((await typed('midiOut(false)')).text).toBe('nothing is sent')
    expect(sent('Keystation').at(-1)).toEqual([0xfc])
    expect((await typed('midiOut()')).text).toBe('Keystation\nMinilogue')
    await typed('panic()')
    await at.synth.apply(lead)
  })

  it('keeps what was played though the synth is gone', async () => {
    await typed("recordMidi('gone.mid')")
    await typed("noteOn('C4')")
    await until(() => at.synth.stats().voices.held === 1)
    await at.synth.close()
    await expect(typed("play('C4')")).rejects.toThrow('it has been closed')
    expect((await typed('stop()')).text).toMatch(/^✓ gone\.mid: \d+\.\d\d s, 1 note$/)
    const { messages } = readMidiFile(readFileSync(join(folder.path, 'gone.mid')))
    expect(messages.flatMap(({ message: m }) => ('note' in m ? [m.kind] : []))).toEqual(['noteOn', 'noteOff'])
  })
})
