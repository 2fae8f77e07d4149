import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLiveEnsemble } from 'megasynth/live'
import { midiIn } from '../../src/cli/attach.ts'
import { plain } from '../../src/errors/index.ts'
import type { Patch } from '../../src/index.ts'
import { levelAt } from '../audio/ear.ts'
import { FakePorts } from '../midi/fake-ports.ts'
import { midiBytes } from '../midi/midi-bytes.ts'
import { scratch, soundOf, watching } from './helpers.ts'

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
    await new Promise((resolve) => setTimeout(resolve, 1000))
    write('sub/high.json', { devices: {}, connections: [['osc', 'out']] })
    await one.says('the patch before plays on')
    write('sub/high.json', tone(6000, { more: { type: 'lfo' } }))
    await one.says('↻ sub/high.json: added more')
    write('band.json', { 1: 'low.json' })
    await one.says('read at the start only')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    one.interrupt()
    expect(await one.code).toBe(0)
    expect(one.text()).not.toContain('↻ low.json')
    const sound = soundOf(join(folder.path, 'take.wav'))
    const loudest = (from: number, to: number, frequency: number): number => {
      let most = 0
      for (let i = from; i + 4800 < to; i += 2400)
        most = Math.max(most, levelAt(sound.slice(i, i + 4800), 48000, frequency))
      return most
    }
    const begin = sound.findIndex((x) => Math.abs(x) > 0.01)
    const early = [begin, begin + 24000] as const
    const late = [sound.length - 38000, sound.length] as const
    expect([...[300, 3000, 6000].map((f) => loudest(...early, f))].map((x) => x.toFixed(2))).toEqual(['0.20', '0.10', '0.00']) // prettier-ignore
    expect([...[300, 3000, 6000].map((f) => loudest(...late, f))].map((x) => x.toFixed(2))).toEqual(['0.20', '0.00', '0.10']) // prettier-ignore
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

describe('MIDI ports that play several patches', () => {
  it('play each by its channel, transposed, with its programs, and open a port once', async () => {
    const patch = tone(300) as Patch
    const parts = [{ patch }, { patch, snapshots: new Map([['first', tone(500) as Patch]]) }]
    const ensemble = await createLiveEnsemble({ parts, device: 'silent' })
    const played: string[] = []
    for (const [i, part] of ensemble.parts.entries())
      part.on('played', (what) => {
        if (what.kind === 'note') played.push(`${i} ${what.event.kind} ${'note' in what.event ? what.event.note : ''}`) // prettier-ignore
      })
    const ports = new FakePorts('keys')
    const notes: string[] = []
    const shell = { errorPaint: plain, note: (line: string) => void notes.push(line) }
    const [first, second] = ensemble.parts
    const players = [
      { synth: first!, name: 'a.ts', channel: 1 },
      { synth: second!, name: 'b.ts', channel: 3, transpose: 12 },
    ]
    const detach = midiIn(players, ports, true, shell)
    expect(ports.listeners('keys')).toBe(1)
    ports.play(
      'keys',
      [0x90, 60, 127, 0x92, 60, 127, 0x92, 120, 127, 0x91, 60, 127, 0x80, 60, 0, 0x82, 60, 0],
    )
    expect(played).toEqual(['0 on 60', '0 off 60', '1 on 72', '1 off 72'])
    ports.play('keys', [0xc0, 0, 0xc2, 7])
    expect(notes).toEqual([
      'MIDI: keys is there',
      'played from MIDI: keys',
      'a.ts: program 0: there are no snapshots',
      'b.ts: program 7: there is no such snapshot, but 0..0',
    ])
    ports.play('keys', [0xc2, 0])
    for (let i = 0; i < 500 && !notes.includes('b.ts: program 0: first'); i++)
      await new Promise((resolve) => setTimeout(resolve, 20))
    expect(second?.patch).toEqual(tone(500))
    expect(first?.patch).toEqual(patch)
    ports.play('keys', [0x92, 64, 127])
    ports.unplug('keys')
    expect(played.slice(-2)).toEqual(['1 on 76', '1 off 76'])
    expect(notes.filter((line) => line.includes('is gone'))).toHaveLength(1)
    ports.plug('keys')
    expect(ports.listeners('keys')).toBe(1)
    await detach()
    expect([ports.listeners('keys'), ports.isWatched]).toEqual([0, false])
    await ensemble.close()
  })
})
