import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll } from 'vitest'
import type { Problem } from '../../src/errors/index.ts'
import type { Interrupts, Sink } from '../../src/cli/io.ts'
import { run } from '../../src/cli/run.ts'

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
