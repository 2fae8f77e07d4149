import type { ConnectionSpec, DeviceSpec, KnobSpec, Patch } from '../../src/index.ts'

// A tiny notation for edits of a patch, so that a table of many can be read.

const literal = (text: string): string | number | boolean =>
  /^(-?[\d.]+|true|false)$/.test(text) ? (JSON.parse(text) as number | boolean) : text

interface Ends {
  readonly from: string
  readonly to: string
}

/** Where a cable begins and ends. */
export const endsOf = (connection: ConnectionSpec): Ends =>
  'from' in connection ? connection : { from: connection[0], to: connection[1] }

/** `from > to`, `from > to * amount`, `from > to feedback`. */
function cableOf(text: string): { readonly from: string; readonly to: string } {
  const match = /^(\S+) > (\S+?)(?: \* (\S+))?( feedback)?$/.exec(text)
  if (match === null) throw new Error(`no cable: ${text}`)
  const [, from = '', to = '', amount, feedback] = match
  const factor = amount === undefined ? {} : { amount: Number(amount) }
  return { from, to, ...factor, ...(feedback === undefined ? {} : { feedback: true }) }
}

const cables = (patch: Patch): readonly ConnectionSpec[] => patch.connections ?? []

const without = <T>(record: Readonly<Record<string, T>> | undefined, name: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record ?? {}).filter(([key]) => key !== name))

function device(type: string, settings: string): DeviceSpec {
  const pairs = settings.split(' ').filter((pair) => pair !== '')
  return Object.fromEntries([['type', type], ...pairs.map((pair) => setting(pair))]) as DeviceSpec
}

function setting(pair: string): [string, string | number | boolean] {
  const [port = '', value = ''] = pair.split('=')
  return [port, literal(value)]
}

function rename(patch: Patch, old: string, name: string): Patch {
  const renamed = (text: string): string => text.replace(new RegExp(`^${old}(?=$|\\.)`), name)
  const under = <T>(all: Readonly<Record<string, T>> | undefined): Record<string, T> =>
    Object.fromEntries(Object.entries(all ?? {}).map(([key, value]) => [renamed(key), value]))
  const connections = cables(patch).map((cable): ConnectionSpec => {
    const { from, to } = endsOf(cable)
    const ends = { from: renamed(from), to: renamed(to) }
    if ('from' in cable) return { ...cable, ...ends }
    return cable.length === 2 ? [ends.from, ends.to] : [ends.from, ends.to, cable[2]]
  })
  return { ...patch, knobs: under(patch.knobs), devices: under(patch.devices), connections }
}

const opposite = <T>(record: Readonly<Record<string, T>> | undefined): Record<string, T> =>
  Object.fromEntries(Object.entries(record ?? {}).toReversed())

interface Form {
  readonly pattern: RegExp
  readonly apply: (patch: Patch, ...groups: string[]) => Patch
}

const forms: readonly Form[] = [
  // everything declared in the opposite order
  {
    pattern: /^<>$/,
    apply: (patch) => ({
      ...patch,
      knobs: opposite(patch.knobs),
      devices: opposite(patch.devices),
      connections: cables(patch).toReversed(),
    }),
  },
  // a cable less
  {
    pattern: /^-(\S+ > \S+)$/,
    apply: (patch, text = '') => {
      const { from, to } = cableOf(text)
      const connections = cables(patch).filter((c) => endsOf(c).from !== from || endsOf(c).to !== to)
      if (connections.length === cables(patch).length) throw new Error(`there is no such cable: ${text}`)
      return { ...patch, connections }
    },
  },
  // a device less, with its cables
  {
    pattern: /^-(\w+)$/,
    apply: (patch, name = '') => ({
      ...patch,
      devices: without(patch.devices, name),
      connections: cables(patch).filter(
        (c) => endsOf(c).from !== name && !endsOf(c).to.startsWith(`${name}.`),
      ),
    }),
  },
  // a cable more, or its new amount
  {
    pattern: /^(\S+ > .+)$/,
    apply: (patch, text = '') => {
      const cable = cableOf(text)
      const old = cables(patch).findIndex((c) => endsOf(c).from === cable.from && endsOf(c).to === cable.to)
      const connections = old < 0 ? [...cables(patch), cable] : cables(patch).with(old, cable)
      return { ...patch, connections }
    },
  },
  // a device more, or another one of the same name
  {
    pattern: /^(\w+): (\w+)(.*)$/,
    apply: (patch, name = '', type = '', settings = '') => ({
      ...patch,
      devices: { ...patch.devices, [name]: device(type, settings) },
    }),
  },
  // a constant, choice or option
  {
    pattern: /^(\w+)\.(\w+=\S+)$/,
    apply: (patch, name = '', pair = '') => ({
      ...patch,
      devices: {
        ...patch.devices,
        [name]: { ...(patch.devices[name] as DeviceSpec), ...Object.fromEntries([setting(pair)]) },
      },
    }),
  },
  // a knob
  {
    pattern: /^(\w+)=(\S+)$/,
    apply: (patch, name = '', position = '') => {
      const knobs: Record<string, KnobSpec> = { ...patch.knobs, [name]: Number(position) }
      return { ...patch, knobs }
    },
  },
  { pattern: /^(\w+)~(\w+)$/, apply: (patch, old = '', name = '') => rename(patch, old, name) },
  // a key of the patch itself
  {
    pattern: /^@(\w+) (.*)$/,
    apply: (patch, key = '', json = '') => ({ ...patch, [key]: JSON.parse(json) as unknown }),
  },
]

/**
 * A patch after some edits, `;` between them: `name: type port=value …` adds a device, `name.port=value` sets, `name=0.5`
 * is a knob, `from > to * amount` and `from > to feedback` add a cable or change it, `-from > to` and `-name` remove,
 * `old~new` renames, `@key json` sets a key of the patch, `<>` turns the order of all declarations round.
 *
 * @throws Error for what is none of these
 * @example
 * change(patch, 'lfo0: lfo frequency=5; lfo0 > filter0.cutoff * 0.1; -delay0')
 */
export function change(patch: Patch, edits: string): Patch {
  const texts = edits.split(';').map((text) => text.trim())
  return texts
    .filter((text) => text !== '')
    .reduce((before, text) => {
      for (const { pattern, apply } of forms) {
        const match = pattern.exec(text)
        if (match) return apply(before, ...match.slice(1))
      }
      throw new Error(`no such edit: ${text}`)
    }, structuredClone(patch))
}
