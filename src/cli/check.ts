import type { Command } from 'commander'
import { figure, listNames, quantity } from '../errors/index.ts'
import type { ParsedPatch } from '../patch/index.ts'
import type { Network, WiredDevice } from '../plan/index.ts'
import { engineFlag, engineHelp, engineOptions, setFlag, type KnobSetting } from './flags.ts'
import type { EngineOptions } from '../engine/index.ts'
import type { Shell } from './io.ts'
import { blueprint, checkRoom, type Needs } from './needs.ts'
import { openPatch } from './open.ts'
import { portReports, type PortReport } from './readings.ts'
import { policyText } from './policy-text.ts'
import { table } from '../picture/table.ts'
import { count, span } from './text.ts'

interface CheckFlags {
  readonly devices?: string
  readonly set: readonly KnobSetting[]
  readonly engine: EngineOptions
  readonly json?: true
}

/** Adds `megasynth check`. */
export function addCheck(program: Command, shell: Shell): void {
  program
    .command('check')
    .summary('say whether a patch is valid, and what every port reads')
    .description(
      'Says whether a patch is valid, what every port reads, and what the patch takes of the engine. Nothing is played.',
    )
    .argument('<patch>', 'a patch file: .ts, .mts, .js, .mjs or .json')
    .option('--devices <file>', 'a file with device types of your own')
    .addOption(setFlag())
    .addOption(engineFlag())
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      `${engineHelp}

Examples:
  $ megasynth check tremolo.ts
  $ megasynth check tremolo.ts --set rate=0.9     what the ports read then
  $ megasynth check tremolo.json --json           for programs`,
    )
    .action(async (file: string, flags: CheckFlags) => await check(shell, file, flags))
}

async function check(shell: Shell, file: string, flags: CheckFlags): Promise<void> {
  const engine = engineOptions(flags.engine, undefined)
  const patch = await openPatch(shell.io.cwd, file, flags)
  const plan = blueprint(patch)
  checkRoom(plan, engine, file)
  const { network, needs } = plan
  const devices = network.wired.map((device): DeviceReport => ({
    device,
    ports: portReports(device, network, patch.parsed.knobs),
  }))
  const facts = { file, patch: patch.parsed, devices, needs, clock: clockReaders(network) }
  const remarks = remarksOn(patch.parsed, network)
  if (shell.json) shell.print(JSON.stringify(asJson(facts, remarks), undefined, 2))
  else for (const line of asText(facts, remarks, shell)) shell.print(line)
}

/** What there is to be said of a valid patch. */
interface Facts {
  readonly file: string
  readonly patch: ParsedPatch
  readonly devices: readonly DeviceReport[]
  readonly needs: Needs
  /** Ports that read the clock. */
  readonly clock: readonly string[]
}

function clockReaders({ wired }: Network): string[] {
  return wired.flatMap(({ name, readings }) =>
    readings.flatMap(({ port, sources }) =>
      sources.some(({ kind }) => kind === 'clock') ? [`${name}.${port}`] : [],
    ),
  )
}

interface DeviceReport {
  readonly device: WiredDevice
  readonly ports: readonly PortReport[]
}

const partTitles = {
  before: 'before the voices',
  voice: 'in every voice',
  after: 'after the voices',
} as const
const parts = ['before', 'voice', 'after'] as const

function asText(
  { file, patch, devices, needs, clock }: Facts,
  remarks: readonly string[],
  shell: Shell,
): string[] {
  const { paint } = shell
  const name = patch.name === '' ? '' : `: ${patch.name}`
  const voices = policyText(patch.voices)
  return [
    `${paint.green('✓')} ${paint.bold(file)} is valid${name}`,
    `  ${count(Object.keys(patch.devices).length, 'device')}, ${count(Object.keys(patch.knobs).length, 'knob')}, ${count(patch.connections.length, 'connection')}; ${voices}`,
    `  on the engine: ${count(needs.synths, 'synth')} of ${count(needs.synthDefs, 'SynthDef')} (${needs.synthDefBytes} bytes), ${count(needs.audioBuses, 'audio bus')}, ${count(needs.controlBuses, 'control bus')}`,
    ...(clock.length === 0
      ? []
      : [`  the clock runs at ${figure(patch.tempo)} beats per minute, for ${listNames(clock)}`]),
    ...remarks.map((remark) => `  ${paint.yellow('note')}: ${remark}`),
    ...parts.flatMap((part) => {
      const inPart = devices.filter(({ device }) => device.part === part)
      if (inPart.length === 0) return []
      return ['', paint.bold(partTitles[part]), ...inPart.flatMap((report) => deviceText(report, shell))]
    }),
  ]
}

function deviceText({ device, ports }: DeviceReport, { paint, io }: Shell): string[] {
  const { name, output } = device
  const type = name === 'out' ? '' : ` ${device.device.type}`
  const facts = `${output.rate}, ${output.channels === 2 ? 'stereo' : 'mono'}, ${output.polarity}`
  const rows = ports.map(({ port, reads, range, unit, now }) => {
    // a constant says its value already
    if (range === undefined || range[0] === range[1]) return [port, reads]
    return [port, reads, span(range, unit), now === undefined ? '' : `now ${quantity(now, unit)}`]
  })
  const width = io.stdout.isTTY === true ? io.stdout.columns : undefined
  return [
    `  ${paint.cyan(name)}${type} ${paint.dim(`→ ${facts}`)}`,
    ...table(rows, { indent: 4, width, paint: [undefined, undefined, paint.dim, paint.green] }),
  ]
}

function asJson({ file, patch, devices, needs, clock }: Facts, remarks: readonly string[]): object {
  return {
    ok: true,
    file,
    name: patch.name,
    voices: patch.voices,
    tempo: patch.tempo,
    clock,
    knobs: patch.knobs,
    devices: devices.map(({ device, ports }) => {
      const { rate, channels, polarity } = device.output
      return {
        name: device.name,
        type: device.device.type,
        part: device.part,
        output: { rate, channels, polarity },
        options: device.device.options,
        ports,
      }
    }),
    engine: needs,
    remarks,
  }
}

/** What is no mistake, and still hardly meant: knobs that move nothing, devices that nobody hears. */
function remarksOn(patch: ParsedPatch, network: Network): string[] {
  const used = new Set(patch.connections.flatMap(({ from }) => (from.kind === 'knob' ? [from.name] : [])))
  const heard = new Set(['out'])
  const readings = new Map(network.wired.map(({ name, readings }) => [name, readings]))
  // a set grows while it is walked through
  for (const name of heard)
    for (const source of (readings.get(name) ?? []).flatMap(({ sources }) => sources))
      if (source.kind === 'device') heard.add(source.name)
  const silent = heard.size === 1 ? ['nothing is connected to out: the patch is silent'] : []
  const idle = Object.keys(patch.knobs).filter((name) => !used.has(name))
  const unheard = network.wired.map(({ name }) => name).filter((name) => !heard.has(name))
  return [
    ...silent,
    ...idle.map((name) => `knob ${name} is connected to nothing`),
    ...(silent.length > 0 ? [] : unheard.map((name) => `${name} has no way to out: nobody hears it`)),
  ]
}
