import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll } from 'vitest'
import { WaveFile } from 'wavefile'
import type { Problem } from '../../src/errors/index.ts'
import type { Interrupts, Sink } from '../../src/cli/io.ts'
import { run } from '../../src/cli/run.ts'
import { decodePacket, type OscPacket } from '../../src/scsynth/index.ts'
import { until } from '../until.ts'

/** What a command said, and how it ended. */
export interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** `stdout`, read as JSON. */
  readonly json: () => { ok: boolean; problems: Problem[]; [key: string]: unknown }
}

/** The world of a command under test. */
export interface World {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Both streams are terminals of this width. */
  readonly columns?: number
  readonly interrupts?: Interrupts
  /** What is piped in. Default: nothing. */
  readonly stdin?: string
}

/** A folder for the files of one test file; it is taken away in the end. */
export function scratch(): {
  readonly path: string
  readonly write: (name: string, content: string | Uint8Array) => string
  readonly names: () => string[]
} {
  const path = mkdtempSync(join(tmpdir(), 'megasynth-cli-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  return {
    path,
    write(name, content) {
      const file = join(path, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      return file
    },
    names: () => readdirSync(path),
  }
}

/** Runs a command line in this process. */
export async function cli(argv: readonly string[], world: World = {}): Promise<Result> {
  const { cwd = process.cwd(), env = {}, columns } = world
  const texts = { stdout: '', stderr: '' }
  const sink = (name: 'stdout' | 'stderr'): Sink => ({
    write: (text) => (texts[name] += text),
    ...(columns !== undefined && { isTTY: true, columns }),
  })
  const code = await run(argv, {
    stdin: Readable.from([new TextEncoder().encode(world.stdin ?? '')]),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    cwd,
    env,
    catchInterrupts: () => world.interrupts ?? { signal: new AbortController().signal, release: () => {} },
  })
  return { code, ...texts, json: () => JSON.parse(texts.stdout) as ReturnType<Result['json']> }
}

/** A command that runs as a program of its own. */
export interface Watched {
  /** Waits until it says something that it did not say at the last wait: one of several texts. */
  readonly says: (...texts: readonly string[]) => Promise<void>
  /** All that it said, on both streams. */
  readonly text: () => string
  /** A line at its prompt, and the end of them (Ctrl-D). */
  readonly type: (line: string) => void
  readonly hangUp: () => void
  /** Ctrl-C, or another signal. */
  readonly interrupt: (signal?: NodeJS.Signals) => void
  readonly code: Promise<number | null>
}

/** Starts the built command line as a program of its own, to be watched. */
export function watching(
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Watched {
  const main = join(import.meta.dirname, '../../dist/cli/main.js')
  if (!existsSync(main)) throw new Error('dist/ is missing: run `npm run build` first')
  const child = spawn(process.execPath, [main, ...argv], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  let [text, read, hasEnded] = ['', 0, false]
  const hear = (chunk: Buffer): void => void (text += chunk.toString())
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const code = new Promise<number | null>((resolve) =>
    child.on('close', (exitCode) => {
      hasEnded = true
      resolve(exitCode)
    }),
  )
  afterAll(() => child.kill('SIGKILL'))
  return {
    async says(...texts) {
      const found = (): number[] => texts.map((one) => text.indexOf(one, read)).filter((at) => at >= 0)
      const wanted = texts.join(' or ')
      await until(
        () => found().length > 0 || hasEnded,
        () => `it has not said ${wanted}, but:\n${text}`,
      )
      const at = found()
      if (at.length === 0) throw new Error(`it ended without having said ${wanted}, but:\n${text}`)
      read = Math.min(...at) + 1
    },
    text: () => text,
    type: (line) => void child.stdin.write(`${line}\n`),
    hangUp: () => void child.stdin.end(),
    interrupt: (signal = 'SIGINT') => void child.kill(signal),
    code,
  }
}

/** A receiver of OSC: what it has heard, by address, until it is closed. */
export async function oscSink(): Promise<{
  /** As `--osc-out` wants it. */
  readonly place: string
  readonly heard: readonly string[]
  readonly close: () => void
}> {
  const socket = createSocket('udp4')
  const heard: string[] = []
  const take = (packet: OscPacket): void => {
    if ('address' in packet) heard.push(packet.address)
    else packet.elements.forEach(take)
  }
  socket.on('message', (bytes) => take(decodePacket(bytes)))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { place: `127.0.0.1:${socket.address().port}`, heard, close: () => socket.close() }
}

/** What has been recorded so far into a WAV file of 16 bits that is still being written: its left channel, ±1. */
export function recordedSoFar(folder: string, name: string): Float32Array {
  const part = readdirSync(folder).find((one) => one.startsWith(`.${name}.`) && one.endsWith('.part'))
  if (part === undefined) return new Float32Array()
  const bytes = readFileSync(join(folder, part)).subarray(44)
  return Float32Array.from(
    { length: Math.floor(bytes.length / 4) },
    (_, i) => bytes.readInt16LE(i * 4) / 32768,
  )
}

/** The left channel of a WAV file of 16 bits, ±1. */
export function soundOf(file: string): Float32Array {
  const wav = new WaveFile(readFileSync(file))
  const [left = []] = wav.getSamples(false, Float64Array) as unknown as Float64Array[]
  return Float32Array.from(left, (x) => x / 32768)
}

/** A patch that sounds by itself, as an object; a test changes what it is about. */
export const drone = {
  name: 'hum',
  voices: { mode: 'drone' },
  knobs: { volume: 0.5, rate: 0.4 },
  devices: {
    lfo0: { type: 'lfo' },
    oscillator0: { type: 'oscillator', waveform: 'sine', frequency: 220 },
  },
  connections: [
    ['rate', 'lfo0.frequency'],
    ['volume', 'oscillator0.amplitude'],
    ['lfo0', 'oscillator0.frequency', 0.01],
    ['oscillator0', 'out'],
  ],
}

/** A patch that waits for notes. */
export const keyed = {
  devices: { oscillator0: { type: 'oscillator' } },
  connections: [['oscillator0', 'out', 0.5]],
}
