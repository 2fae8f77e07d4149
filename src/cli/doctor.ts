import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { createOfflineEngine } from '../engine/index.ts'
import { devices } from '../engine/sound-devices.ts'
import { render } from '../midi/render.ts'
import { openMidiPorts } from '../midi/node-ports.ts'
import { Ended, exitCodes } from './exit.ts'
import { examine, type Check, type Health, type Probes } from './health.ts'
import type { Shell } from './io.ts'
import { selfTest } from './self-test.ts'
import { checkSequencer } from './sequencer.ts'
import { openWav } from './wav.ts'

/** Adds `megasynth doctor`. */
export function addDoctor(program: Command, shell: Shell): void {
  program
    .command('doctor')
    .summary('say what works on this computer, and how to get what is missing')
    .description(
      'Looks at Node, the engine, sound devices and MIDI, renders a patch and measures it, and says what is missing and how to get it.',
    )
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      `
Exit codes:
  0    sound files can be made; what is limited is said
  1    they cannot

Examples:
  $ megasynth doctor
  $ megasynth doctor --json             for programs, and for reports of mistakes`,
    )
    .action(async () => await doctor(shell, program.version() ?? ''))
}

async function doctor(shell: Shell, version: string): Promise<void> {
  const health = await examine(probesHere())
  const system = `${process.platform}-${process.arch}`
  if (shell.json)
    shell.print(JSON.stringify({ ok: health.ok, version, system, ...asJson(health) }, undefined, 2))
  else {
    shell.print(`megasynth ${version} on ${system}\n`)
    for (const line of healthText(health, shell)) shell.print(line)
  }
  if (!health.ok) throw new Ended(exitCodes.no)
}

/** This computer. */
function probesHere(): Probes {
  return {
    node: process.versions.node,
    oldestNode: oldestNode(),
    platform: process.platform,
    startEngine: async () => await (await createOfflineEngine()).close(),
    selfTest: async () => await selfTest(async (patch) => await render(patch, { notes: 'A4', seconds: 1 })),
    writeFile,
    soundOutputs: async () => (await devices()).map(({ name }) => name),
    midiPorts: async () => {
      checkSequencer(process.platform)
      const ports = await openMidiPorts()
      const [inputs, outputs] = [ports.inputs, ports.outputs].map((all) => all.map(({ name }) => name))
      ports.close()
      return { inputs: inputs ?? [], outputs: outputs ?? [] }
    },
  }
}

/** What package.json says. */
function oldestNode(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return (manifest as { engines: { node: string } }).engines.node.replace('>=', '')
}

/** A second of silence, in a folder that is taken away again. */
async function writeFile(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'megasynth-doctor-'))
  try {
    const wav = await openWav(join(folder, 'silence.wav'), { sampleRate: 48_000, channels: 2 })
    wav.write([new Float32Array(48_000), new Float32Array(48_000)])
    return (await wav.finish()).bytes
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const marks = { ok: '✓', limited: '!', failed: '✗', skipped: '-' } as const

/** Line by line: what was looked at, how what is missing is had, and what follows. */
export function healthText({ ok, checks, limits }: Health, { paint }: Pick<Shell, 'paint'>): string[] {
  const colour = { ok: paint.green, limited: paint.yellow, failed: paint.red, skipped: paint.dim } as const
  const width = Math.max(...checks.map(({ name }) => name.length))
  const indent = ' '.repeat(width + 4)
  const lines = checks.flatMap(({ name, state, says, problems }) => [
    `${colour[state](marks[state])} ${paint.bold(name.padEnd(width))}  ${says}`,
    ...problems.flatMap(({ message, found, expected, suggestion }, i) => [
      ...(i === 0 ? [] : [`${indent}${message}`]),
      ...(found === undefined ? [] : [`${indent}found:    ${found}`]),
      ...(expected === undefined ? [] : [`${indent}expected: ${expected}`]),
      ...(suggestion === undefined ? [] : [`${indent}${paint.cyan(suggestion)}`]),
    ]),
  ])
  const verdict = ok
    ? `${paint.green('✓')} Patches can be rendered to sound files${limits.length === 0 ? ' and played live: a sound card and MIDI are there.' : '.'}`
    : `${paint.red('✗')} Sound files cannot be made here.`
  return [...lines, '', verdict, ...(limits.length === 0 ? [] : [`  Limited: ${limits.join('; ')}.`])]
}

function asJson({ checks, limits }: Health): object {
  return {
    checks: checks.map(({ name, state, says, problems }: Check) => ({ name, state, says, problems })),
    limits,
  }
}
