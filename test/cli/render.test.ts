import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WaveFile } from 'wavefile'
import { cli, drone, keyed, scratch } from './helpers.ts'

const folder = scratch()
const cwd = folder.path
folder.write('hum.json', JSON.stringify(drone))
folder.write('keyed.json', JSON.stringify(keyed))
const midi = readFileSync('examples/midi/bach-prelude-bwv846.mid')
folder.write('bach.mid', midi)

interface Wav {
  readonly rate: number
  readonly bits: string
  readonly channels: readonly Float64Array[]
}

function read(name: string): Wav {
  const wav = new WaveFile(readFileSync(join(cwd, name)))
  const { sampleRate } = wav.fmt as { sampleRate: number }
  const bits = wav.bitDepth
  wav.toBitDepth('32f')
  return { rate: sampleRate, bits, channels: wav.getSamples() as unknown as Float64Array[] }
}

const peak = (channel: ArrayLike<number> | undefined, from = 0, to = Infinity): number => {
  let highest = 0
  for (let i = from; i < Math.min(to, channel?.length ?? 0); i++)
    highest = Math.max(highest, Math.abs(channel?.[i] ?? 0))
  return highest
}

describe('megasynth render', () => {
  it('writes a WAV file named like the patch, and says what it is', async () => {
    const { code, stdout, stderr } = await cli(['render', 'hum.json', '--seconds', '0.5'], { cwd })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^✓ hum\.wav: 0\.50 s, peak −\d+\.\d dBFS, \d+× real time\n$/)
    const { rate, bits, channels } = read('hum.wav')
    expect([rate, bits, channels.length, channels[0]?.length]).toEqual([48000, '16', 2, 24000])
    expect(peak(channels[0])).toBeGreaterThan(0.2)
  })

  it('renders ten seconds of a drone when nothing is said', async () => {
    const { stderr, json } = await cli(['render', 'hum.json', '-o', 'ten.wav', '--json'], { cwd })
    expect(stderr).toBe('')
    expect(json()).toMatchObject({
      ok: true,
      file: 'ten.wav',
      seconds: 10,
      sampleRate: 48000,
      channels: 2,
      format: '16',
      clipped: 0,
    })
    const said = await cli(['render', 'hum.json', '-o', 'ten.wav', '--force'], { cwd })
    expect(said.stderr).toBe('hum.json sounds by itself: rendering 10 s (--seconds says otherwise)\n')
  })

  it('plays C4 on a patch that waits for notes, and says so', async () => {
    const { code, stderr } = await cli(['render', 'keyed.json', '--force'], { cwd })
    expect([code, stderr]).toEqual([
      0,
      'keyed.json waits for notes: playing C4 (--notes and --midi play others)\n',
    ])
    const [left] = read('keyed.wav').channels
    expect(peak(left, 0, 20000)).toBeGreaterThan(0.1)
  })

  it('plays notes, and stops when it is silent', async () => {
    const { json } = await cli(
      ['render', 'keyed.json', '--notes', 'C4+E4 - G4', '-o', 'notes.wav', '--json'],
      { cwd },
    )
    // three beats of half a second, and half a second of silence
    expect(json()['seconds']).toBeGreaterThan(1.9)
    expect(json()['seconds']).toBeLessThan(2.6)
    const [left] = read('notes.wav').channels
    expect(peak(left, 4800, 9600)).toBeGreaterThan(0.1)
    expect(peak(left, 33600, 43200)).toBeLessThan(0.001)
    expect(peak(left, 52800, 57600)).toBeGreaterThan(0.1)
  })

  it('plays a MIDI file for some seconds', async () => {
    const { code, stdout } = await cli(
      ['render', 'keyed.json', '--midi', 'bach.mid', '-s', '1.5', '-o', 'bach.wav'],
      { cwd },
    )
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^✓ bach\.wav: 1\.50 s/)])
    expect(peak(read('bach.wav').channels[1])).toBeGreaterThan(0.1)
  })

  it('plays a MIDI file of a few bytes, to the end of a note that never ends', async () => {
    folder.write(
      'small.mid',
      Uint8Array.from([
        ...[0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 0, 0, 1, 0, 100],
        ...[0x4d, 0x54, 0x72, 0x6b, 0, 0, 0, 8, 0, 0x90, 60, 100, 50, 0xff, 0x2f, 0],
      ]),
    )
    const { code, stderr } = await cli(
      ['render', 'keyed.json', '--midi', 'small.mid', '-s', '0.5', '-o', 'small-midi.wav'],
      { cwd },
    )
    expect([code, stderr]).toEqual([0, ''])
    const [left] = read('small-midi.wav').channels
    expect(peak(left, 9600, 12000)).toBeGreaterThan(0.1)
    expect(peak(left, 19200, 24000)).toBeLessThan(0.001)
  })

  it('adds a tail of just that length', async () => {
    const { json } = await cli(
      ['render', 'keyed.json', '-n', 'C4', '--tail', '0.25', '-o', 'tail.wav', '--json'],
      { cwd },
    )
    expect(json()['seconds']).toBeCloseTo(0.75, 6)
  })

  it.each([
    ['24', '24'],
    ['32f', '32f'],
  ])('writes %s', async (format, bits) => {
    await cli(['render', 'hum.json', '-s', '0.1', '-f', format, '-r', '44100', '-o', `${format}.wav`], {
      cwd,
    })
    expect(read(`${format}.wav`)).toMatchObject({ rate: 44100, bits })
  })

  it('dithers 16 bits unless told otherwise; the same bytes every time', async () => {
    const bytes = async (name: string, ...flags: string[]): Promise<Buffer> => {
      expect((await cli(['render', 'hum.json', '-s', '0.2', '-o', name, ...flags], { cwd })).code).toBe(0)
      return readFileSync(join(cwd, name))
    }
    const dithered = await bytes('dithered.wav')
    expect((await bytes('again.wav')).equals(dithered)).toBe(true)
    expect((await bytes('plain.wav', '--no-dither')).equals(dithered)).toBe(false)
  })

  it('turns knobs before the first sample', async () => {
    const level = async (name: string, ...flags: string[]): Promise<number> => {
      expect((await cli(['render', 'hum.json', '-s', '0.3', '-o', name, ...flags], { cwd })).code).toBe(0)
      return peak(read(name).channels[0], 480, 2000)
    }
    const half = await level('half.wav')
    const tenth = await level('tenth.wav', '--set', 'volume=0.1', '--set', 'rate=0.9')
    expect(tenth / half).toBeCloseTo(0.2, 1)
    expect(await level('last.wav', '--set', 'volume=1', '--set', 'volume=0.1')).toBeCloseTo(tenth, 1)
  })

  it('replaces a file only with --force', async () => {
    folder.write('kept.wav', 'mine')
    const kept = await cli(['render', 'hum.json', '-s', '0.1', '-o', 'kept.wav'], { cwd })
    expect(kept.code).toBe(1)
    expect(kept.stderr).toBe(
      'kept.wav: is there already [file-exists]\n  expected: a new file\n  choose another name, or replace it with --force\n',
    )
    expect(readFileSync(join(cwd, 'kept.wav'), 'utf8')).toBe('mine')
    expect((await cli(['render', 'hum.json', '-s', '0.1', '-o', 'kept.wav', '--force'], { cwd })).code).toBe(
      0,
    )
    expect(read('kept.wav').channels).toHaveLength(2)
  })

  it('warns when nothing is to be heard', async () => {
    folder.write('mute.json', JSON.stringify({ ...drone, connections: [] }))
    const { code, stdout, stderr } = await cli(['render', 'mute.json', '-s', '0.1'], { cwd })
    expect([code, stdout]).toEqual([0, expect.stringContaining(', silent, ')])
    expect(stderr).toContain('warning: nothing is to be heard')
    const { json } = await cli(['render', 'mute.json', '-s', '0.1', '--force', '--json'], { cwd })
    expect(json()).toMatchObject({ peak: 0, peakDbfs: null })
  })

  it('renders with a smaller engine', async () => {
    const flags = ['--engine', 'maxNodes=64', '--engine', 'audioBuses=64', '--engine', 'memory=2048']
    expect((await cli(['render', 'hum.json', '-s', '0.1', '-o', 'small.wav', ...flags], { cwd })).code).toBe(
      0,
    )
  })
})

describe('the terminal', () => {
  const flags = ['render', 'hum.json', '-s', '2', '-o', 'bar.wav', '--force']
  // oxlint-disable-next-line no-control-regex -- the codes of colours are what is looked for
  const codes = /\u001b\[3[0-9]m/

  it('shows a bar on stderr, takes it away, and has colours', async () => {
    const { stdout, stderr } = await cli(flags, { cwd, columns: 80 })
    expect(stderr).toMatch(/bar\.wav {2}.*░.*% {2}\d+\.\d of 2\.0 s/)
    expect(stderr.endsWith('\r\u001b[2K')).toBe(true)
    expect(stdout).toMatch(codes)
  })

  it('is not assumed: a pipe gets no bar and no colours', async () => {
    const { stdout, stderr } = await cli(flags, { cwd })
    expect(stderr).toBe('')
    expect(stdout).not.toMatch(codes)
  })

  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }, []],
    ['a dumb terminal', { TERM: 'dumb' }, []],
    ['--no-color', {}, ['--no-color']],
  ])('has no colours with %s', async (_, env, more) => {
    const checked = await cli(['check', 'hum.json', ...more], { cwd, env, columns: 80 })
    expect(checked.code).toBe(0)
    expect(checked.stdout).not.toMatch(codes)
    const failed = await cli(['check', 'none.json', ...more], { cwd, env, columns: 80 })
    expect(failed.stderr).not.toMatch(codes)
    expect((await cli(['check', 'none.json'], { cwd, columns: 80 })).stderr).toMatch(codes)
  })
})

describe('an interruption', () => {
  it('leaves nothing behind, and says so by the exit code', async () => {
    writeFileSync(join(cwd, 'before.txt'), '')
    const before = folder.names()
    const controller = new AbortController()
    let released = 0
    controller.abort('SIGTERM')
    const { code, stdout, stderr } = await cli(['render', 'hum.json', '-s', '60', '-o', 'never.wav'], {
      cwd,
      interrupts: { signal: controller.signal, release: () => released++ },
    })
    expect([code, stdout, stderr]).toEqual([143, '', 'interrupted: nothing was written\n'])
    expect(folder.names()).toEqual(before)
    expect(released).toBe(1)
  })
})
