import type { Command } from 'commander'
import { didYouMean, fail, figure, listNames, quantity } from '../errors/index.ts'
import { out } from '../devices/index.ts'
import type { DeviceInfo, Port } from '../patch/index.ts'
import { openCatalogue } from './catalogue.ts'
import type { Shell } from './io.ts'
import { table } from '../picture/table.ts'
import { wrap } from '../picture/text.ts'

interface DevicesFlags {
  readonly devices?: string
  readonly json?: true
}

/** Adds `megasynth devices`. */
export function addDevices(program: Command, shell: Shell): void {
  program
    .command('devices')
    .summary('show the device types, or one with all its ports')
    .description('The catalogue as a reference card: all device types, or one with its ports and options.')
    .argument('[name]', 'a device type')
    .option('--devices <file>', 'a file with device types of your own')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ megasynth devices
  $ megasynth devices filter
  $ megasynth devices ring --devices my-devices.ts`,
    )
    .action(async (name: string | undefined, flags: DevicesFlags) => await devices(shell, name, flags))
}

async function devices(shell: Shell, name: string | undefined, flags: DevicesFlags): Promise<void> {
  const types: Readonly<Record<string, DeviceInfo>> = {
    ...(await openCatalogue(shell.io.cwd, flags.devices)),
    out,
  }
  if (name === undefined) {
    if (shell.json)
      shell.print(
        JSON.stringify(
          { ok: true, devices: Object.entries(types).map(([type, info]) => asJson(type, info)) },
          undefined,
          2,
        ),
      )
    else for (const line of listText(types, shell)) shell.print(line)
    return
  }
  const info = Object.hasOwn(types, name) ? types[name] : undefined
  if (info === undefined)
    return fail({
      code: 'unknown-device-type',
      path: name,
      message: 'there is no such device type',
      expected: listNames(Object.keys(types), 60),
      ...didYouMean(name, Object.keys(types)),
    })
  if (shell.json) shell.print(JSON.stringify({ ok: true, device: asJson(name, info) }, undefined, 2))
  else for (const line of cardText(name, info, shell)) shell.print(line)
}

/** All that can be said of a type, without the function that builds it. */
function asJson(type: string, info: DeviceInfo): object {
  const { title, doc, ports, options = {}, output, shared = false, rings } = info
  return { type, title, doc, ports, options, output, shared, ...(rings !== undefined && { rings }) }
}

const widthOf = ({ io }: Shell): number => (io.stdout.isTTY === true ? (io.stdout.columns ?? 80) : 110)

function listText(types: Readonly<Record<string, DeviceInfo>>, shell: Shell): string[] {
  const { paint } = shell
  const rows = Object.entries(types).map(([type, info]) => [type, outputText(info), info.doc])
  return [
    ...table(rows, { indent: 0, width: widthOf(shell), paint: [paint.cyan, paint.dim] }),
    '',
    paint.dim('megasynth devices <name> shows the ports and options of one.'),
  ]
}

function outputText({ output }: DeviceInfo): string {
  const rate = output.rate === 'inputs' ? 'as its inputs' : output.rate
  return output.channels === 2 ? `${rate}, stereo` : rate
}

const widths = { 1: 'mono', 2: 'stereo', inputs: 'as wide as its inputs' } as const

function cardText(type: string, info: DeviceInfo, shell: Shell): string[] {
  const { paint } = shell
  const width = widthOf(shell)
  const { rate, polarity, channels } = info.output
  const heading = (text: string): string => `\n${paint.bold(text)}`
  const facts = [
    rate === 'inputs' ? 'audio as soon as an input is, else control' : rate,
    widths[channels],
    typeof polarity === 'object'
      ? `polarity by its option ${polarity.option}`
      : polarity === 'inputs'
        ? 'polarity of its inputs'
        : polarity,
  ]
  const options = Object.entries(info.options ?? {})
  return [
    `${paint.cyan(type)}: ${paint.bold(info.title)}`,
    ...wrap(info.doc, width),
    heading('Output'),
    `  ${facts.join(', ')}`,
    ...(info.shared === true ? ['  exists once (shared) unless the patch says otherwise'] : []),
    heading('Ports'),
    ...table(
      Object.entries(info.ports).map(([name, port]) => [
        name.replace(/#$/, '1…'),
        ...portCells(port),
        port.doc,
      ]),
      { width, paint: [paint.cyan, paint.dim, undefined, paint.dim] },
    ),
    ...(options.length === 0 ? [] : [heading('Options')]),
    ...table(
      options.map(([name, option]) => [
        name,
        option.values.join(' | '),
        `default ${option.default}`,
        option.doc,
      ]),
      { width, paint: [paint.cyan, undefined, paint.dim] },
    ),
    ...(type === 'out' ? ['', 'Every patch has it exactly once: connect to out.'] : []),
  ]
}

/** Kind, what it takes, and what it reads without a cable. */
function portCells(port: Port): readonly [kind: string, takes: string, rest: string] {
  switch (port.kind) {
    case 'signal':
      return ['signal', '', '']
    case 'gate':
    case 'trigger':
      return [port.kind, '', port.normal === undefined ? '' : `← ${port.normal}`]
    case 'choice':
      return ['choice', port.choices.join(' | '), `default ${port.default}`]
    case 'value': {
      const scale = port.scale === 'linear' ? '' : ` ${port.scale}`
      const takes = `${figure(port.min)} … ${quantity(port.max, port.unit)}${scale}`
      return [
        'value',
        takes,
        port.normal === undefined ? `default ${quantity(port.default, port.unit)}` : `← ${port.normal}`,
      ]
    }
  }
}
