import { keyNames, standard, type Catalogue, type DeviceInfo, type Edit, type Patch } from '../src/index.ts'

/** Numbers 0..1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }
}

const catalogue: Catalogue = standard
const types = Object.keys(standard)
/** Devices beyond which a patch only shrinks: what is measured is many edits, not large patches. */
const most = 10

/** A small edit of a patch. Most are valid; a few are refused, since they close a circle or set nothing that there is. */
export function randomEdit(random: () => number, patch: Patch): Edit {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const names = Object.keys(patch.devices)
  const infoOf = (name: string): DeviceInfo => catalogue[patch.devices[name]?.type ?? ''] as DeviceInfo
  const freeName = (): string => pick(['a', 'b', 'c', 'd', 'e', 'f'].filter((name) => !names.includes(name)))
  const anyPort = (name: string): string =>
    pick(Object.keys(infoOf(name).ports)).replace('#', String(1 + Math.floor(random() * 4)))
  const cables = patch.connections ?? []

  const connect = (): Edit => {
    const from = pick([...names, ...Object.keys(patch.knobs ?? {}), ...keyNames.map((key) => `keys.${key}`)])
    const reader = pick([...names, 'out'])
    const to = reader === 'out' ? 'out' : `${reader}.${anyPort(reader)}`
    const amount = random() < 0.7 ? 0.6 * random() - 0.3 : undefined
    return { type: 'connect', from, to, amount, ...(random() < 0.1 && { feedback: true }) }
  }
  const setAny = (): Edit => {
    const name = pick(names)
    const { ports, options = {} } = infoOf(name)
    const place = pick([...Object.keys(ports).filter((port) => !port.endsWith('#')), ...Object.keys(options)])
    const port = ports[place]
    const at = (min: number, max: number): number => min + (max - min) * random() ** 3
    const value =
      port === undefined
        ? pick(options[place]?.values ?? [])
        : port.kind === 'choice'
          ? pick(port.choices)
          : port.kind === 'value'
            ? at(port.min, port.max)
            : Math.round(random())
    return { type: 'set', place: `${name}.${place}`, value }
  }
  const disconnect = (): Edit => {
    const cable = pick(cables)
    const [from, to] = 'from' in cable ? [cable.from, cable.to] : cable
    return { type: 'disconnect', from, to }
  }
  const flag = (port: string): Edit => ({
    type: 'set',
    place: `${pick(names)}.${port}`,
    value: random() < 0.5,
  })
  type Form = readonly [share: number, make: () => Edit]
  const withDevices: readonly Form[] = [
    [6, setAny],
    [8, connect],
    [1, () => flag('bypass')],
    [1, () => flag('shared')],
    [2, () => ({ type: 'removeDevice', name: pick(names) })],
    [1, () => ({ type: 'renameDevice', name: pick(names), to: freeName() })],
  ]
  const forms: readonly Form[] = [
    [3, () => ({ type: 'addDevice', name: freeName(), device: { type: pick(types) } })],
    ...(names.length === 0 ? [] : withDevices),
    ...(cables.length === 0 ? [] : ([[4, disconnect]] as const satisfies readonly Form[])),
    [1, () => ({ type: 'setVoices', voices: 1 + Math.floor(random() * 5) })],
    [1, () => ({ type: 'setVoices', voices: { mode: pick(['mono', 'legato', 'drone', 'poly']), count: 4 } })],
  ]
  if (names.length > most) return { type: 'removeDevice', name: pick(names) }
  let at = random() * forms.reduce((sum, [share]) => sum + share, 0)
  return (forms.find(([share]) => (at -= share) < 0) ?? forms[0])?.[1]() as Edit
}
