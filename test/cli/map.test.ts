import { describe, expect, it } from 'vitest'
import { midiBytes } from '../midi/midi-bytes.ts'
import { cli, scratch } from './helpers.ts'

const { path, write, names } = scratch()
const tone = (frequency: number): string =>
  JSON.stringify({
    devices: { osc: { type: 'oscillator', waveform: 'sine', frequency } },
    connections: [
      ['keys.gate', 'osc.amplitude', 0.2],
      ['osc', 'out'],
    ],
  })
/** A note on channel 1, then one on channel 2 and one on channel 10. */
write(
  'song.mid',
  midiBytes([[0, 0x90, 60, 127, 20, 0x80, 60, 0, 20, 0x91, 60, 127, 0, 0x99, 36, 127, 20, 0x81, 60, 0]]),
)
write('low.json', tone(200))
write('sub/high.json', tone(2000))
const map = (content: unknown): string => write('map.json', JSON.stringify(content))
const render = async (...flags: string[]) => await cli(['render', ...flags], { cwd: path })

describe('megasynth render --map', () => {
  it('plays each channel by its patch, seen from the folder of the map, and says which have none', async () => {
    map({ 1: 'low.json', 2: { patch: 'sub/high.json', gain: 0.5, transpose: 12 } })
    const { code, stdout, stderr } = await render('--map', 'map.json', '--midi', 'song.mid')
    expect([code, stderr]).toEqual([0, 'map.json has no patch for 1 channel of song.mid: 10\n'])
    expect(stdout).toContain('song.wav: ')
    expect(names()).toContain('song.wav')
    const { json } = await render('--map', 'map.json', '-m', 'song.mid', '-o', 'a.wav', '--json', '-s', '1')
    expect(json()).toMatchObject({ ok: true, seconds: 1, file: 'a.wav' })
    expect(json()['peak']).toBeCloseTo(0.2, 1)
  })

  it('goes to the snapshots beside each patch by the program changes of its channel', async () => {
    const soft = JSON.parse(tone(2000).replace('0.2', '0.02')) as object
    write(
      'sub/high.snapshots.json',
      JSON.stringify({ format: 1, snapshots: [{ name: 'soft', patch: soft }] }),
    )
    const note = [0x91, 60, 127, 100, 0x81, 60, 0]
    write('programs.mid', midiBytes([[0, 0xc0, 3, 0, 0xc1, 9, 0, 0xc1, 0, 0, ...note]]))
    map({ 1: 'low.json', 2: 'sub/high.json' })
    const flags = ['--map', 'map.json', '-m', 'programs.mid', '-s', '0.5', '-f', '32f', '--json', '--force']
    const { stderr, json } = await render(...flags)
    expect(stderr).toBe('1 snapshot: soft\nsub/high.json: program 9: there is no such snapshot, but 0..0\n')
    expect(json()['peak']).toBeCloseTo(0.02, 3)
    write('sub/high.snapshots.json', '{}')
    const without = await render(...flags)
    expect(without.stderr).toContain('warning: no snapshots come from sub/high.snapshots.json')
    expect(without.json()['peak']).toBeCloseTo(0.2, 2)
  })

  it('reports what is wrong with the map and with all its patches at once', async () => {
    write('wrong.json', JSON.stringify({ devices: { osc: { type: 'oscilator' } } }))
    map({
      0: 'low.json',
      1: 'wrong.json',
      2: 'nowhere.json',
      3: { patch: 'low.json', gain: 9, transpse: 1 },
      4: { ptch: 'low.json' },
      5: 7,
    })
    const { code, json } = await render('--map', 'map.json', '--midi', 'song.mid', '--json')
    expect(code).toBe(1)
    expect(json().problems.map((problem) => `${problem.code} ${problem.path}`)).toEqual([
      'unknown-key 0',
      'unknown-key 3.transpse',
      'out-of-range 3.gain',
      'unknown-key 4.ptch',
      'invalid-value 5',
      'unknown-device-type devices.osc.type',
      'unreadable-file nowhere.json',
    ])
  })

  it.each([
    ['[]', 'invalid-value '],
    ['{}', 'invalid-value '],
    ['{ "1": "low.json", "1": "low.json" }', 'invalid-json map.json:1:20'],
  ])('refuses the map %s', async (text, expected) => {
    write('map.json', text)
    const { code, json } = await render('--map', 'map.json', '--midi', 'song.mid', '--json')
    expect(code).toBe(1)
    expect(json().problems.map((problem) => `${problem.code} ${problem.path}`)).toEqual([expected])
  })

  it('needs a MIDI file, and no patch nor knobs beside it', async () => {
    map({ 1: 'low.json' })
    const said = async (...flags: string[]): Promise<string> => {
      const { code, stderr } = await render(...flags)
      expect(code).toBe(2)
      return stderr
    }
    expect(await said('--map', 'map.json')).toContain('--midi <file> beside it')
    expect(await said('low.json', '--map', 'map.json', '--midi', 'song.mid')).toContain('those of the map')
    expect(await said('--map', 'map.json', '--midi', 'song.mid', '--set', 'a=1')).toContain(
      'those of the map',
    )
    expect(await said('--map', 'map.json', '--notes', 'C4')).toContain('cannot be used with')
    expect(await said()).toContain('there is nothing to be rendered')
  })

  it('names the patch that is too large for its part of the engine', async () => {
    write('large.json', JSON.stringify({ ...(JSON.parse(tone(200)) as object), voices: 128 }))
    map({ 1: 'low.json', 2: 'large.json' })
    const { code, stderr } = await render(
      '--map',
      'map.json',
      '-m',
      'song.mid',
      '--engine',
      'maxNodes=256',
      '--force',
    )
    expect(code).toBe(1)
    expect(stderr).toContain('large.json: the patch needs too many synths and groups')
    expect(stderr).toContain('each of 2 patches has an equal part of it')
  })
})
