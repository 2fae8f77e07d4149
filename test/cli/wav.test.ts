import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WaveFile } from 'wavefile'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { headerOf, maxDataBytes } from '../../src/cli/wav-format.ts'
import { openWav, type WavFormat, type WavOptions, type WavReport } from '../../src/cli/wav.ts'
import { MegasynthError, type Problem } from '../../src/errors/index.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'megasynth-wav-'))
  path = join(folder, 'out.wav')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const mono48: WavOptions = { sampleRate: 48000, channels: 1 }
const signal = (length: number, f: (i: number) => number): Float32Array =>
  Float32Array.from({ length }, (_, i) => f(i))

async function save(channels: Float32Array[], options: Partial<WavOptions> = {}): Promise<WavReport> {
  const wav = await openWav(path, { sampleRate: 48000, channels: channels.length, ...options })
  wav.write(channels)
  return wav.finish()
}

interface Read {
  fmt: {
    numChannels: number
    sampleRate: number
    bitsPerSample: number
    audioFormat: number
    blockAlign: number
  }
  fact: { chunkId: string; dwSampleLength: number }
  channels: Float64Array[]
}

/** The file as another program sees it; integers stay integers. */
function read(): Read {
  const wav = new WaveFile(readFileSync(path))
  const samples = wav.getSamples(false, Float64Array) as unknown as Float64Array | Float64Array[]
  return {
    fmt: wav.fmt as Read['fmt'],
    fact: wav.fact as Read['fact'],
    channels: Array.isArray(samples) ? samples : [samples],
  }
}

async function problemOf(run: () => unknown): Promise<Problem | undefined> {
  try {
    await run()
  } catch (error) {
    if (error instanceof MegasynthError) return error.problems[0]
    throw error
  }
  return undefined
}

describe('a WAV file', () => {
  const left = signal(10_001, (i) => 0.9 * Math.sin(i / 10))
  const right = signal(10_001, (i) => 1.7 * Math.cos(i / 7))

  it('of floats holds the very samples', async () => {
    const report = await save([left, right], { format: '32f', sampleRate: 44100 })
    const { fmt, fact, channels } = read()
    expect(fmt).toMatchObject({
      numChannels: 2,
      sampleRate: 44100,
      bitsPerSample: 32,
      audioFormat: 3,
      blockAlign: 8,
    })
    expect(fact).toMatchObject({ chunkId: 'fact', dwSampleLength: 10_001 })
    expect(channels.map((c) => Float32Array.from(c))).toEqual([left, right])
    expect(report).toEqual({ bytes: 58 + 8 * 10_001, clipped: 0, peak: Math.fround(1.7), invalid: 0 })
    expect(readFileSync(path)).toHaveLength(report.bytes)
  })

  it.each([
    ['16', true, 1.5],
    ['16', false, 0.5],
    ['24', false, 0.5],
    ['24', true, 1.5],
  ] as const)('of %s bits, dither %s, is within %d steps', async (format, dither, steps) => {
    await save([left], { format, dither })
    const { fmt, channels } = read()
    expect(fmt).toMatchObject({ numChannels: 1, bitsPerSample: Number(format), audioFormat: 1 })
    const scale = 2 ** (Number(format) - 1)
    const errors = left.map((x, i) => Math.abs((channels[0]?.[i] ?? NaN) - x * scale))
    expect(channels[0]).toHaveLength(left.length)
    // Single precision of the difference itself, for 24 bits.
    expect(Math.max(...errors)).toBeLessThanOrEqual(steps * 1.001)
    expect(Math.max(...errors)).toBeGreaterThan(steps * 0.9)
  })

  it('is the same however it is cut into blocks', async () => {
    await save([left, right])
    const whole = readFileSync(path)
    rmSync(path)
    const wav = await openWav(path, { sampleRate: 48000, channels: 2 })
    for (let at = 0; at < left.length; at += 128) {
      // Buffers of an engine: longer than what is new in them.
      const frames = Math.min(128, left.length - at)
      const block = (c: Float32Array): Float32Array =>
        Float32Array.from({ length: 256 }, (_, i) => c[at + i] ?? 9)
      wav.write([block(left), block(right)], frames)
    }
    await wav.finish()
    expect(readFileSync(path).equals(whole)).toBe(true)
  })

  it('of odd length is padded, and may be empty', async () => {
    const report = await save([signal(3, () => 0.5)], { format: '24' })
    const bytes = readFileSync(path)
    expect(bytes).toHaveLength(44 + 9 + 1)
    expect(report.bytes).toBe(bytes.length)
    expect([bytes.readUInt32LE(4), bytes.readUInt32LE(40)]).toEqual([bytes.length - 8, 9])
    await save([new Float32Array(0)], { force: true })
    expect(readFileSync(path)).toHaveLength(44)
  })

  it.each(['16', '24'] as const)('of %s bits clips hard and counts it', async (format) => {
    const report = await save([Float32Array.of(1.5, -1.5, 1, -1, 0)], { format, dither: false })
    const scale = 2 ** (Number(format) - 1)
    expect(Array.from(read().channels[0] ?? [])).toEqual([scale - 1, -scale, scale - 1, -scale, 0])
    expect(report).toMatchObject({ clipped: 2, peak: 1.5, invalid: 0 })
  })

  it.each(['16', '24', '32f'] as const)(
    'of format %s has 0 for what is no number, and counts it',
    async (format) => {
      const report = await save([Float32Array.of(NaN, Infinity, -Infinity, 0.5)], { format, dither: false })
      expect(Array.from(read().channels[0] ?? []).slice(0, 3)).toEqual([0, 0, 0])
      expect(report).toMatchObject({ clipped: 0, peak: 0.5, invalid: 3 })
    },
  )

  it('has a sound header', () => {
    const bytes = Buffer.from(headerOf({ sampleRate: 48000, channels: 2, format: '24', dataBytes: 600 }))
    expect(bytes.toString('latin1', 0, 4) + bytes.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ')
    expect([bytes.readUInt32LE(4), bytes.readUInt32LE(28), bytes.readUInt16LE(32)]).toEqual([636, 288_000, 6])
  })
})

describe('dither', () => {
  const statistics = (values: ArrayLike<number>): { mean: number; variance: number } => {
    const all = Array.from(values)
    const mean = all.reduce((a, b) => a + b, 0) / all.length
    return { mean, variance: all.reduce((a, b) => a + (b - mean) ** 2, 0) / all.length }
  }

  // Two even distributions of one step (2/12) and the rounding (1/12): 1/4 step², whatever the signal.
  it.each([0, 0.1, 0.25, 0.5, 0.9])('has mean 0 and variance 1/4 at a constant %d steps', async (steps) => {
    const length = 100_000
    await save([signal(length, () => steps / 32768)])
    const { mean, variance } = statistics(read().channels[0] ?? [])
    // Five standard errors.
    expect(Math.abs(mean - steps)).toBeLessThan((5 * 0.5) / Math.sqrt(length))
    expect(Math.abs(variance - 0.25)).toBeLessThan(0.01)
  })

  it('leaves silence within one step, differs between channels, and is the same in every run', async () => {
    const silence = new Float32Array(20_000)
    await save([silence, silence])
    const first = readFileSync(path)
    const [a, b] = read().channels
    expect(Math.max(...(a ?? []), ...(b ?? []))).toBe(1)
    expect(Math.min(...(a ?? []), ...(b ?? []))).toBe(-1)
    const product = (a ?? new Float64Array()).map((x, i) => x * (b?.[i] ?? 0))
    expect(Math.abs(statistics(product).mean)).toBeLessThan(0.01)
    await save([silence, silence], { force: true })
    expect(readFileSync(path).equals(first)).toBe(true)
  })

  it('is left out of 24 bits and floats', async () => {
    for (const format of ['24', '32f'] satisfies WavFormat[]) {
      await save([new Float32Array(1000)], { format, force: true })
      expect(read().channels[0]?.every((x) => x === 0)).toBe(true)
    }
  })
})

describe('the file at its path', () => {
  it('comes there when it is whole', async () => {
    const wav = await openWav(path, mono48)
    wav.write([new Float32Array(100)])
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.out\.wav\.[0-9a-f]+\.part$/)])
    await wav.finish()
    expect(readdirSync(folder)).toEqual(['out.wav'])
    await wav.abort()
    expect(existsSync(path)).toBe(true)
    expect(() => wav.write([new Float32Array(1)])).toThrow('finished')
    await expect(wav.finish()).rejects.toThrow('finished')
  })

  it('never comes there when it is given up', async () => {
    for (const how of ['abort', 'abortSync'] as const) {
      const wav = await openWav(path, mono48)
      wav.write([new Float32Array(100_000)])
      await wav[how]()
      expect(readdirSync(folder)).toEqual([])
      await wav[how]()
      expect(() => wav.write([new Float32Array(1)])).toThrow('given up')
    }
  })

  it('is not replaced unless that is asked for', async () => {
    writeFileSync(path, 'old')
    const problem = await problemOf(() => openWav(path, mono48))
    expect(problem).toMatchObject({ code: 'file-exists', path })
    expect(problem?.suggestion).toContain('--force')
    const given = await openWav(path, { ...mono48, force: true })
    given.abortSync()
    expect(readFileSync(path, 'utf8')).toBe('old')
    await save([new Float32Array(1)], { force: true })
    expect(readFileSync(path)).toHaveLength(46)
    expect(readdirSync(folder)).toEqual(['out.wav'])
  })

  it('is not replaced if it came while this one was written', async () => {
    const wav = await openWav(path, mono48)
    writeFileSync(path, 'theirs')
    expect((await problemOf(() => wav.finish()))?.code).toBe('file-exists')
    expect(readFileSync(path, 'utf8')).toBe('theirs')
    expect(readdirSync(folder)).toEqual(['out.wav'])
  })

  it('of two writers is that of the first to finish', async () => {
    const [a, b] = [await openWav(path, mono48), await openWav(path, mono48)]
    a.write([new Float32Array(10)])
    b.write([new Float32Array(20)])
    await b.finish()
    expect((await problemOf(() => a.finish()))?.code).toBe('file-exists')
    expect(readFileSync(path)).toHaveLength(44 + 40)
    expect(readdirSync(folder)).toEqual(['out.wav'])
  })

  it('is where a link leads, and the link stays', async () => {
    mkdirSync(join(folder, 'takes'))
    writeFileSync(join(folder, 'takes', 'one.wav'), 'old')
    symlinkSync('takes/one.wav', path)
    expect((await problemOf(() => openWav(path, mono48)))?.code).toBe('file-exists')
    await save([new Float32Array(1)], { force: true })
    expect(readlinkSync(path)).toBe('takes/one.wav')
    expect(readFileSync(join(folder, 'takes', 'one.wav'))).toHaveLength(46)
  })
})

describe('what cannot be written', () => {
  it('is refused at once, with the reason', async () => {
    writeFileSync(join(folder, 'file'), '')
    symlinkSync('loop', join(folder, 'loop'))
    const found = async (name: string): Promise<string> => {
      const problem = await problemOf(() => openWav(name, { ...mono48, force: true }))
      expect(problem).toMatchObject({ code: 'unwritable-file', path: name })
      return problem?.found ?? ''
    }
    expect(await found(join(folder, 'none', 'out.wav'))).toBe('its folder does not exist')
    expect(await found(join(folder, 'file', 'out.wav'))).toBe('its folder is a file')
    expect(await found(folder)).toBe('it is a folder')
    expect(await found(`${path}/`)).toBe('it names no file')
    expect(await found('')).toBe('it names no file')
    expect(await found(join(folder, 'x'.repeat(300)))).toBe('the name is too long')
    expect(await found(join(folder, 'loop'))).toBe('its symbolic links lead in a circle')
    expect(await found('/dev/null')).toBe('it is not a regular file')
    expect(readdirSync(folder).toSorted()).toEqual(['file', 'loop'])
  })

  it('has a name as long as names can be', async () => {
    path = join(folder, `${'x'.repeat(251)}.wav`)
    await save([new Float32Array(1)])
    expect(existsSync(path)).toBe(true)
  })

  it('is too long for WAV: said before the first sample, or when it comes to that', async () => {
    const frames = Math.floor(maxDataBytes / 4) + 1
    const options = { ...mono48, format: '32f' } as const
    expect((await problemOf(() => openWav(path, { ...options, frames })))?.code).toBe('too-large')
    const allowed = await openWav(path, { ...options, frames: frames - 1 })
    await allowed.abort()
    const wav = await openWav(path, { ...options, channels: 64 })
    const block = new Float32Array(2 ** 24)
    const problem = await problemOf(() => wav.write(Array.from({ length: 64 }, () => block)))
    expect(problem).toMatchObject({ code: 'too-large', path, found: '4294967296 bytes of samples' })
    expect(problem?.expected).toBe('at most 4294967237 bytes (4 GiB, here 0.1 hours)')
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([
    [{ sampleRate: 0, channels: 1 }, 'sample rate'],
    [{ sampleRate: 44100.5, channels: 1 }, 'sample rate'],
    [{ sampleRate: 48000, channels: 0 }, 'number of channels'],
    [{ sampleRate: 48000, channels: 65 }, 'number of channels'],
  ])('has wrong options: %j', async (options, what) => {
    const problem = await problemOf(() => openWav(path, options))
    expect(problem).toMatchObject({ code: 'invalid-option', message: `has a wrong ${what}` })
  })

  it('has blocks of another shape', async () => {
    const wav = await openWav(path, { ...mono48, channels: 2 })
    expect(() => wav.write([new Float32Array(4)])).toThrow(RangeError)
    expect(() => wav.write([new Float32Array(4), new Float32Array(3)])).toThrow(RangeError)
    wav.abortSync()
  })
})
