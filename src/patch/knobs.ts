import type { Problem } from '../errors/index.ts'
import { destinationName, type Cable } from './connections.ts'
import { isPlainObject, pathTo, type PlainObject } from './plain.ts'
import { portOf, type DeviceInfo } from './ports.ts'

const isProportional = (scale: unknown): boolean => scale === 'exponential' || scale === 'pitch'

/** What is wrong with the ranges of knobs: alone, and for the ports that they sweep. */
export function knobProblems(
  knobs: PlainObject,
  cables: readonly Cable[],
  infoOf: (device: string) => DeviceInfo | undefined,
): Problem[] {
  const ranged = new Map<string, { readonly range: readonly [number, number]; readonly scale: unknown }>()
  for (const [name, knob] of Object.entries(knobs)) {
    const range: unknown = isPlainObject(knob) ? knob['range'] : undefined
    if (!isPlainObject(knob) || !isRange(range)) continue
    ranged.set(name, { range, scale: knob['scale'] })
  }
  return [...ranged].flatMap(([name, { range, scale }]): Problem[] => {
    const path = `${pathTo('knobs', name)}.range`
    const found = `[${range.join(', ')}]`
    if (range[0] === range[1])
      return [
        {
          code: 'invalid-value',
          path,
          message: 'sweeps nothing: both ends are equal',
          found,
          expected: 'two different numbers',
        },
      ]
    if (Math.min(...range) > 0) return []
    const port = scale === undefined ? proportionalPort(name, cables, infoOf) : undefined
    if (!isProportional(scale) && port === undefined) return []
    return [
      {
        code: 'out-of-range',
        path,
        message: `reaches 0 or less, where ${port === undefined ? `the scale "${String(scale)}"` : `the scale of ${port}`} cannot go`,
        found,
        expected: 'both ends above 0',
        suggestion: 'write scale: "linear" in the knob, or ends above 0',
      },
    ]
  })
}

function isRange(range: unknown): range is readonly [number, number] {
  return Array.isArray(range) && range.length === 2 && range.every((end) => Number.isFinite(end))
}

/** A port which this knob sweeps in equal ratios rather than in equal steps. */
function proportionalPort(
  knob: string,
  cables: readonly Cable[],
  infoOf: (device: string) => DeviceInfo | undefined,
): string | undefined {
  const cable = cables.find(({ connection: { from, to, port } }) => {
    const info = from.kind === 'knob' && from.name === knob ? infoOf(to) : undefined
    const reached = info === undefined ? undefined : portOf(info, port)
    return reached?.kind === 'value' && isProportional(reached.scale)
  })
  return cable && destinationName(cable.connection)
}
