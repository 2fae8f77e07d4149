import { MegasynthError, listNames, type Problem, type ProblemCode } from '../errors/index.ts'
import type { SelfTest } from './self-test.ts'
import { count } from './text.ts'

/** How the doctor looks at this computer. Each throws a MegasynthError that says what is missing and how to get it. */
export interface Probes {
  /** Version of Node, without v. */
  readonly node: string
  /** The oldest that is supported. */
  readonly oldestNode: string
  readonly platform: NodeJS.Platform
  /** Starts the engine, and ends it. */
  readonly startEngine: () => Promise<void>
  readonly selfTest: () => Promise<SelfTest>
  /** Writes a sound file and takes it away again; how many bytes it had. */
  readonly writeFile: () => Promise<number>
  /** Names of the devices that sound can be sent to. */
  readonly soundOutputs: () => Promise<readonly string[]>
  readonly midiPorts: () => Promise<{
    readonly inputs: readonly string[]
    readonly outputs: readonly string[]
  }>
}

/** One thing that was looked at. */
export interface Check {
  readonly name: 'Node' | 'engine' | 'self-test' | 'files' | 'sound' | 'MIDI'
  /** `limited`: sound files can be made all the same. */
  readonly state: 'ok' | 'limited' | 'failed' | 'skipped'
  readonly says: string
  /** What is wrong or missing, and how it is mended. */
  readonly problems: readonly Problem[]
}

/** All that was looked at, and what follows from it. */
export interface Health {
  /** Sound files can be made. */
  readonly ok: boolean
  readonly checks: readonly Check[]
  /** What cannot be done, in words. */
  readonly limits: readonly string[]
}

/** Looks at everything, one thing after the other; what is missing keeps nothing else from being looked at. */
export async function examine(probes: Probes): Promise<Health> {
  const engine = await look('engine', 'failed', async () => {
    await probes.startEngine()
    return 'scsynth as WebAssembly starts'
  })
  const runs = engine.state === 'ok'
  const checks = [
    nodeCheck(probes),
    engine,
    runs ? await look('self-test', 'failed', async () => await judged(probes)) : skipped('self-test'),
    await look('files', 'failed', async () => `a WAV file of ${await probes.writeFile()} bytes was written`),
    await look('sound', 'limited', async () => outputsIn(await probes.soundOutputs(), probes.platform)),
    await look('MIDI', 'limited', async () => portsIn(await probes.midiPorts())),
  ]
  const limits = checks.flatMap(({ name, state }) => (state === 'ok' ? [] : [consequences[name]]))
  return { ok: checks.every(({ state }) => state === 'ok' || state === 'limited'), checks, limits }
}

const consequences: Readonly<Record<Check['name'], string>> = {
  Node: 'this Node is not supported',
  engine: 'nothing can be rendered or played',
  'self-test': 'what is rendered may be wrong',
  files: 'no sound file can be written',
  sound: 'nothing can be heard live',
  MIDI: 'no MIDI keyboard or controller can be connected',
}

async function look(
  name: Check['name'],
  otherwise: 'limited' | 'failed',
  probe: () => Promise<string>,
): Promise<Check> {
  try {
    return { name, state: 'ok', says: await probe(), problems: [] }
  } catch (error) {
    const problems = error instanceof MegasynthError ? error.problems : [unexpected(name, error)]
    return { name, state: otherwise, says: problems[0]?.message ?? 'fails', problems }
  }
}

const skipped = (name: Check['name']): Check => ({
  name,
  state: 'skipped',
  says: 'not done, since the engine does not start',
  problems: [],
})

const codes = {
  Node: 'unsupported-node',
  engine: 'engine-failed',
  'self-test': 'engine-failed',
  files: 'unwritable-file',
  sound: 'sound-library-missing',
  MIDI: 'midi-unavailable',
} as const satisfies Readonly<Record<Check['name'], ProblemCode>>

/** A library that breaks in a way that nobody has seen: what it said is all there is to say. */
function unexpected(name: Check['name'], error: unknown): Problem {
  const [found = ''] = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split(
    '\n',
    1,
  )
  return { code: codes[name], path: name, message: 'breaks when it is looked at', found }
}

function nodeCheck({ node, oldestNode }: Probes): Check {
  const [version, oldest] = [numbersIn(node), numbersIn(oldestNode)]
  const at = version.findIndex((part, i) => part !== (oldest[i] ?? 0))
  if (at < 0 || (version[at] ?? 0) > (oldest[at] ?? 0))
    return { name: 'Node', state: 'ok', says: node, problems: [] }
  const problem: Problem = {
    code: codes.Node,
    path: 'Node',
    message: 'is older than what is supported',
    found: node,
    expected: `${oldestNode} or newer`,
    suggestion: 'install a newer Node: https://nodejs.org',
  }
  return { name: 'Node', state: 'limited', says: `${node} ${problem.message}`, problems: [problem] }
}

const numbersIn = (version: string): readonly number[] =>
  version.split('.').map((part) => Number.parseInt(part, 10))

async function judged({ selfTest }: Probes): Promise<string> {
  const { hertz, level, problems } = await selfTest()
  if (problems.length > 0) throw new MegasynthError(problems)
  return `A4 is ${hertz.toFixed(2)} Hz at ${level.toFixed(2).replace('-', '−')} dBFS; the same patch gives the same samples`
}

function outputsIn(names: readonly string[], platform: NodeJS.Platform): string {
  if (names.length > 0) return `${count(names.length, 'output')}: ${listNames(names, 6)}`
  throw new MegasynthError([
    {
      code: 'no-sound-device',
      path: 'sound',
      message: 'there is no sound card',
      expected: 'at least one output',
      suggestion:
        platform === 'linux'
          ? 'connect one; a container needs it passed in (--device /dev/snd), WSL an audio server'
          : 'connect one, or turn one on in the settings of the system',
    },
  ])
}

function portsIn({ inputs, outputs }: Awaited<ReturnType<Probes['midiPorts']>>): string {
  const said = (names: readonly string[], what: string): string =>
    names.length === 0 ? `no ${what} is connected` : `${count(names.length, what)}: ${listNames(names, 6)}`
  return `${said(inputs, 'input')}; ${said(outputs, 'output')}`
}
