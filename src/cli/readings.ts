import { figure, quantity } from '../errors/index.ts'
import type { ValuePort } from '../patch/ports.ts'
import type { Knob, ParsedPatch } from '../patch/types.ts'
import {
  denormalise,
  knobbed,
  knobSignal,
  normalise,
  type Network,
  type Reading,
  type ReadSource,
  type WiredDevice,
} from '../plan/index.ts'

/** What one port reads, for people and for programs. */
export interface PortReport {
  readonly port: string
  readonly kind: Reading['declaration']['kind']
  /** `knob rate + lfo0 × 0.1`. */
  readonly reads: string
  /** Between which values that moves it, in the port's unit, if every source goes as far as it can. */
  readonly range?: readonly [low: number, high: number]
  readonly unit?: string
  /** Its value with the knobs as they stand, if nothing else moves it. */
  readonly now?: number
}

/** What each port of a device reads. */
export function portReports(
  device: WiredDevice,
  network: Network,
  knobs: ParsedPatch['knobs'],
): PortReport[] {
  const polarityOf = new Map(network.wired.map(({ name, output }) => [name, output.polarity]))
  const read = device.readings.map((reading): PortReport => {
    const { port, declaration } = reading
    const reads = describe(reading, device, knobs, (name) => polarityOf.get(name) ?? 'bipolar')
    if (declaration.kind !== 'value') return { port, kind: declaration.kind, reads }
    const { low, high, now } = valuesOf(
      reading,
      declaration,
      knobs,
      (name) => polarityOf.get(name) ?? 'bipolar',
    )
    const unit = declaration.unit === '' ? {} : { unit: declaration.unit }
    return {
      port,
      kind: declaration.kind,
      reads,
      range: [low, high],
      ...unit,
      ...(now !== undefined && { now }),
    }
  })
  return [...read, ...unbuilt(device)]
}

/** Ports that the patch does not mention and that are built only if it does: they cost nothing. */
function unbuilt({ info, readings }: WiredDevice): PortReport[] {
  const read = new Set(readings.map(({ port }) => port))
  return Object.entries(info.ports).flatMap(([port, declaration]): PortReport[] => {
    if (read.has(port) || port.endsWith('#') || declaration.kind !== 'value') return []
    const { default: now, unit, kind } = declaration
    const reads = `default ${quantity(now, unit)} (not built)`
    return [{ port, kind, reads, range: [now, now], ...(unit !== '' && { unit }), now }]
  })
}

type PolarityOf = (device: string) => 'bipolar' | 'unipolar'

/** The lowest and the highest value of a port, and the one of now. */
function valuesOf(
  reading: Reading,
  port: ValuePort,
  knobs: ParsedPatch['knobs'],
  polarityOf: PolarityOf,
): { low: number; high: number; now?: number } {
  const { base, sources } = reading
  if (base !== undefined && sources.length === 0 && reading.knobs.length === 0)
    return { low: base, high: base, now: base }
  const start = base === undefined ? 0 : normalise(port, base)
  const spans = [
    ...reading.knobs.map(({ name, amount }) => {
      const knob = knobs[name] as Knob
      return [amount * knobSignal(knob, 0, port), amount * knobSignal(knob, 1, port)]
    }),
    ...sources.map((source) => {
      const amount = source.amount ?? 1
      if (source.kind === 'key') return [0, amount * (source.key === 'pitch' ? 127 / 128 : 1)]
      if (source.kind === 'clock') return [0, amount]
      return [polarityOf(source.name) === 'bipolar' ? -amount : 0, amount]
    }),
  ]
  const low = spans.reduce((sum, span) => sum + Math.min(...span), start)
  const high = spans.reduce((sum, span) => sum + Math.max(...span), start)
  const now = knobbed(reading, knobs, (name) => knobs[name]?.value ?? 0)
  return {
    low: denormalise(port, low),
    high: denormalise(port, high),
    ...(now !== undefined && { now }),
  }
}

function describe(
  reading: Reading,
  { device }: WiredDevice,
  knobs: ParsedPatch['knobs'],
  polarityOf: PolarityOf,
): string {
  const { port, declaration, base, baseIs, choice, sources } = reading
  if (choice !== undefined) return `${device.choices[port] === undefined ? 'default' : 'constant'} ${choice}`
  const terms = [
    ...(base === undefined
      ? []
      : [`${baseIs} ${quantity(base, 'unit' in declaration ? declaration.unit : '')}`]),
    ...reading.knobs.map(({ name, amount }) => `knob ${name}${times(amount)}${sweep(knobs[name])}`),
    ...sources.map(
      (source, i) => `${nameOf(source)}${times(source.amount)}${remark(reading, source, i, polarityOf)}`,
    ),
  ]
  if (terms.length === 0) return 'nothing'
  const sum = terms.join(declaration.kind === 'gate' || declaration.kind === 'trigger' ? ', ' : ' + ')
  if (declaration.kind === 'choice') return `${sum}, one of ${declaration.choices.join(', ')}`
  return terms.length > 1 && sum.includes(', ') ? `the highest of ${sum}` : sum
}

function nameOf(source: ReadSource): string {
  if (source.kind === 'key') return `keys.${source.key}`
  return source.kind === 'clock' ? `clock.${source.output}` : source.name
}
const times = (amount: number | undefined): string =>
  amount === undefined || amount === 1 ? '' : ` × ${figure(amount)}`

/** The range that a knob has of its own. */
function sweep(knob: Knob | undefined): string {
  if (knob?.range === undefined) return ''
  const [low, high] = knob.range
  return ` (${figure(low)} … ${figure(high)}${knob.scale === undefined ? '' : `, ${knob.scale}`})`
}

function remark(
  { declaration, baseIs }: Reading,
  source: ReadSource,
  index: number,
  polarityOf: PolarityOf,
): string {
  if (baseIs === 'normal' && index === 0) return ' (normal)'
  if (source.kind !== 'device') return ''
  const remarks = [
    ...(declaration.kind === 'value' && declaration.scale === 'pitch' && polarityOf(source.name) === 'bipolar'
      ? [`±${figure(Math.abs(source.amount ?? 1) * 128)} semitones`]
      : []),
    ...(source.rate === 'audio' && declaration.kind === 'value' && declaration.audio !== true
      ? ['read once a block']
      : []),
    ...(source.feedback ? ['one block late'] : []),
  ]
  return remarks.length === 0 ? '' : ` (${remarks.join(', ')})`
}
