import { createSocket } from 'node:dgram'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readMidiFile } from '../../src/midi/file.ts'
import { encodeMessage, float, int } from '../../src/scsynth/index.ts'
import { levelAt, peak } from '../audio/ear.ts'
import { midiBytes } from '../midi/midi-bytes.ts'
import { until } from '../until.ts'
import { oscSink, recordedSoFar, scratch, soundOf, watching } from './helpers.ts'

const folder = scratch()
/** Whatever the key is, it sounds at this frequency. */
const tone = (frequency: number, extra: object = {}): object => ({
  devices: { osc: { type: 'oscillator', waveform: 'sine', frequency, amplitude: 0.2 }, ...extra },
  connections: [['osc', 'out']],
})
const write = (name: string, content: unknown): string => folder.write(name, JSON.stringify(content))

describe('megasynth play --map', () => {
  it('plays a MIDI file, each channel by its patch, and reloads each when it is saved', async () => {
    write('low.json', tone(300))
    write('sub/high.json', tone(3000))
    write('sub/high.snapshots.json', { format: 1, snapshots: [{ name: 'other', patch: tone(2500) }] })
    write('band.json', { 1: 'low.json', 2: { patch: 'sub/high.json', gain: 0.5 } })
    const notes = [0, 0x90, 60, 127, 0, 0x91, 60, 127, 0, 0x99, 36, 127, 60, 0x80, 60, 0, 0, 0x81, 60, 0]
    folder.write('song.mid', midiBytes([notes]))
    const flags = [
      '--midi',
      'song.mid',
      '--loop',
      '--device',
      'silent',
      '--no-midi-in',
      '--record',
      'take.wav',
    ]
    const one = watching(['play', '--map', 'band.json', ...flags], folder.path)
    await one.says('Ctrl-C ends')
    expect(one.text()).toContain('band.json has no patch for 1 channel of song.mid: 10')
    expect(one.text()).toContain('▶ band.json: 2 patches on no sound device')
    expect(one.text()).toContain('1 snapshot: other')
    /** The loudest of each frequency in what is recorded from some sample on. */
    const loudest = (from: number): string[] => {
      const sound = recordedSoFar(folder.path, 'take.wav').slice(from)
      return [300, 3000, 6000].map((frequency) => {
        let most = 0
        for (let i = 0; i + 4800 < sound.length; i += 2400)
          most = Math.max(most, levelAt(sound.subarray(i, i + 4800), 48000, frequency))
        return most.toFixed(2)
      })
    }
    const isHeard = async (...levels: readonly string[]): Promise<void> => {
      // what is being played may still be what was before
      let since = recordedSoFar(folder.path, 'take.wav').length
      await until(
        () => {
          const now = loudest(since)
          if (now.some((level, i) => Number(level) > Number(levels[i]))) since += 4800
          return now.join() === levels.join()
        },
        () => loudest(since),
      )
    }
    await isHeard('0.20', '0.10', '0.00')
    write('sub/high.json', { devices: {}, connections: [['osc', 'out']] })
    await one.says('the patch before plays on')
    write('sub/high.json', tone(6000, { more: { type: 'lfo' } }))
    await one.says('↻ sub/high.json: added more')
    write('band.json', { 1: 'low.json' })
    await one.says('read at the start only')
    await isHeard('0.20', '0.00', '0.10')
    one.interrupt()
    expect(await one.code).toBe(0)
    expect(one.text()).not.toContain('↻ low.json')
    expect(peak(soundOf(join(folder.path, 'take.wav')))).toBeCloseTo(0.3, 1)
  })

  it('reads a patch that plays several channels once, and goes over to it in all of them', async () => {
    write('low.json', tone(300))
    write('low.snapshots.json', { format: 1, snapshots: [{ name: 'other', patch: tone(2500) }] })
    write('band.json', { 1: 'low.json', 2: { patch: 'low.json', transpose: 12 } })
    const flags = ['--no-midi-in', '--osc', '0', '--device', 'silent', '--record', 'both.wav']
    const one = watching(['play', '--map', 'band.json', ...flags], folder.path)
    await one.says('Ctrl-C ends')
    expect(one.text().match(/1 snapshot: other/g)).toHaveLength(1)
    write('low.json', { devices: {}, connections: [['osc', 'out']] })
    await one.says('the patch before plays on')
    write('low.json', tone(700))
    await one.says('↻ low.json: set osc')
    const socket = createSocket('udp4')
    const port = Number(/OSC: 127\.0\.0\.1:(\d+)/.exec(one.text())?.[1])
    const level = (): number => levelAt(recordedSoFar(folder.path, 'both.wav').slice(-4800), 48000, 700)
    // one after the other: two sines at once may cancel each other
    for (const channel of [1, 2]) {
      const play = async (velocity: number): Promise<void> => {
        const note = encodeMessage({ address: `/channel/${channel}/note`, args: [int(60), float(velocity)] })
        await new Promise<void>((resolve) => socket.send(note, port, '127.0.0.1', () => resolve()))
      }
      await play(0.8)
      await until(() => Math.abs(level() - 0.2) < 0.005, level)
      await play(0)
      await until(() => level() < 1e-4, level)
    }
    socket.close()
    one.interrupt()
    expect(await one.code).toBe(0)
    expect(one.text().match(/the patch before plays on/g)).toHaveLength(1)
    expect(one.text().match(/↻/g)).toHaveLength(1)
    rmSync(join(folder.path, 'low.snapshots.json'))
  })

  it('is played by OSC, channel by channel, and records what all played in a MIDI file', async () => {
    write('low.json', tone(300))
    write('high.json', tone(3000))
    write('band.json', { 1: 'low.json', 2: 'high.json' })
    const sink = await oscSink()
    const flags = ['--osc', '0', '--osc-out', sink.place, '--no-midi-in', '--record-midi', 'band.mid', '--device', 'silent'] // prettier-ignore
    const one = watching(['play', '--map', 'band.json', ...flags], folder.path)
    await one.says('Ctrl-C ends')
    expect(one.text()).not.toContain('waits for notes')
    const port = Number(/OSC: 127\.0\.0\.1:(\d+)/.exec(one.text())?.[1])
    const socket = createSocket('udp4')
    for (const address of ['/note', '/channel/2/note'])
      await new Promise<void>((resolve) =>
        socket.send(encodeMessage({ address, args: [int(60)] }), port, '127.0.0.1', () => resolve()),
      )
    await until(
      () => sink.heard.length >= 3,
      () => sink.heard,
    )
    one.interrupt()
    expect(await one.code).toBe(0)
    socket.close()
    sink.close()
    expect(one.text()).toContain('✓ band.mid')
    const { messages } = readMidiFile(new Uint8Array(readFileSync(join(folder.path, 'band.mid'))))
    const struck = messages.flatMap(({ message: m }) => (m.kind === 'noteOn' ? [m.channel] : []))
    expect(struck.toSorted((a, b) => a - b)).toEqual([0, 1, 1])
  })

  it('ends by itself when the file and its tail are over, and says what is wrong with a map and its patches', async () => {
    write('low.json', tone(300))
    write('band.json', { 1: 'low.json', 2: 'low.json' })
    folder.write('song.mid', midiBytes([[0, 0x90, 60, 127, 20, 0x80, 60, 0]]))
    const flags = ['--midi', 'song.mid', '--device', 'silent', '--no-midi-in']
    expect(await watching(['play', '--map', 'band.json', ...flags], folder.path).code).toBe(0)
    write('band.json', { 1: 'low.json', 2: 'nowhere.json' })
    const wrong = watching(['play', '--map', 'band.json', ...flags], folder.path)
    expect(await wrong.code).toBe(1)
    expect(wrong.text()).toContain('nowhere.json: cannot be read')
    const twice = watching(['play', 'low.json', '--map', 'band.json', ...flags], folder.path)
    expect(await twice.code).toBe(2)
    expect(twice.text()).toContain('the patches are those of the map')
  })
})
