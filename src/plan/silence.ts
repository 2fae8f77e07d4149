import type { Port } from '../patch/ports.ts'
import type { ReadSource, Reading, WiredDevice } from './wiring.ts'

/**
 * The devices whose output comes to silence by itself when the key is released: envelopes, what has a level that only
 * an envelope (or the gate) opens, and what hears nothing else. What leaves the voices and is not among them needs a
 * gate of its own. The value says where the silence is seen: at the gain that closes, or only in the signal.
 */
export function silentAtRest(
  wired: readonly WiredDevice[],
  tails: readonly { readonly name: string }[] = [],
): ReadonlyMap<string, 'gain' | 'signal'> {
  const silent = new Map<string, 'gain' | 'signal'>(tails.map(({ name }) => [name, 'signal']))
  const fromSilent = (source: ReadSource): boolean =>
    (source.kind === 'key' && source.key === 'gate') ||
    (source.kind === 'device' && !source.feedback && silent.has(source.name))
  const isClosed = ({ base = 0, baseIs, knobs, sources }: Reading): boolean =>
    base === 0 &&
    baseIs !== 'default' &&
    knobs.length === 0 &&
    sources.length > 0 &&
    sources.every(fromSilent)
  // in topological order, so that one pass is enough
  for (const { name, info, device, readings } of wired) {
    const closed = (which: (port: Port) => boolean): boolean =>
      readings.some((reading) => which(reading.declaration) && isClosed(reading))
    const inputs = readings.filter(
      ({ declaration, sources, knobs }) => declaration.kind === 'signal' && sources.length + knobs.length > 0,
    )
    const closes =
      (info.envelope === true && closed(({ kind }) => kind === 'gate')) ||
      (inputs.length > 0 && !soundsByItself(info.generator, device.options) && inputs.every(isClosed))
    if (closed((port) => port.kind === 'value' && port.level === true)) silent.set(name, 'gain')
    else if (closes) silent.set(name, 'signal')
  }
  return silent
}

function soundsByItself(
  generator: WiredDevice['info']['generator'],
  options: WiredDevice['device']['options'],
): boolean {
  return typeof generator === 'object' ? options[generator.option] === true : generator === true
}
