import type { CableFacts, Difference } from '../patch/differences.ts'
import type { ParsedPatch } from '../patch/index.ts'
import { portOf } from '../patch/ports.ts'
import type { DeviceTypes } from './catalogue.ts'
import type { Shell } from './io.ts'
import { table } from '../picture/table.ts'

/** A value longer than this is cut off: a layout may have thousands of numbers. */
const longest = 100

const titles = { patch: 'the patch', knob: 'knobs', device: 'devices', cable: 'cables' } as const
type Group = keyof typeof titles

/** What differs, line by line under headings: `+` is new, `−` is gone, what stands between arrows has changed. */
export function differencesText(
  differences: readonly Difference[],
  patches: readonly [before: ParsedPatch, after: ParsedPatch],
  catalogue: DeviceTypes,
  { paint, io }: Shell,
): string[] {
  const width = io.stdout.isTTY === true ? io.stdout.columns : undefined
  const unitOf = (side: 0 | 1, device: string, key: string): string => {
    const info = catalogue[patches[side].devices[device]?.type ?? '']
    const port = info && portOf(info, key)
    return port?.kind === 'value' ? port.unit : ''
  }
  const rows = differences.map((difference) => ({
    group: groupOf(difference),
    cells: cellsOf(difference, unitOf),
  }))
  const lines = (Object.keys(titles) as Group[]).flatMap((group) => {
    const cells = rows.filter((row) => row.group === group).map((row) => row.cells)
    if (cells.length === 0) return []
    const marks = (text: string): string =>
      text.startsWith('+') ? paint.green(text) : text.startsWith('−') ? paint.red(text) : text
    return ['', paint.bold(titles[group]), ...table(cells, { width, paint: [marks, paint.cyan] })]
  })
  return lines.slice(1)
}

function groupOf(difference: Difference): Group {
  switch (difference.type) {
    case 'patch':
      return 'patch'
    case 'added':
    case 'removed':
    case 'set':
      return difference.what
    case 'renamed':
      return 'device'
    case 'connected':
    case 'disconnected':
    case 'cable':
      return 'cable'
    case 'order':
      return difference.of === 'knobs' ? 'knob' : difference.of === 'devices' ? 'device' : 'cable'
  }
}

function cellsOf(
  difference: Difference,
  unitOf: (side: 0 | 1, device: string, key: string) => string,
): readonly [mark: string, place: string, what: string] {
  switch (difference.type) {
    case 'patch':
      return ['', difference.key, change(difference)]
    case 'added':
      return ['+', difference.name, written(plainKnob(difference.what, difference.after))]
    case 'removed':
      return ['−', difference.name, written(plainKnob(difference.what, difference.before))]
    case 'renamed':
      return ['', difference.name, `is called ${difference.to} now`]
    case 'set': {
      const { what, name, key } = difference
      if (what === 'knob') return ['', key === 'value' ? name : `${name}.${key}`, change(difference)]
      return ['', `${name}.${key}`, change(difference, [unitOf(0, name, key), unitOf(1, name, key)])]
    }
    case 'connected':
      return ['+', `${difference.from} → ${difference.to}`, cable(difference.after)]
    case 'disconnected':
      return ['−', `${difference.from} → ${difference.to}`, cable(difference.before)]
    case 'cable':
      return [
        '',
        `${difference.from} → ${difference.to}`,
        `${cable(difference.before) || 'plain'} → ${cable(difference.after) || 'plain'}`,
      ]
    case 'order':
      return ['', 'order', 'they stand in another order']
  }
}

/** A knob of which nothing is said but its position is that. */
function plainKnob(what: 'knob' | 'device', owner: Readonly<Record<string, unknown>>): unknown {
  return what === 'knob' && Object.keys(owner).length === 1 ? owner['value'] : owner
}

function change(sides: { readonly before?: unknown; readonly after?: unknown }, units = ['', '']): string {
  const side = (name: 'before' | 'after', unit = ''): string => {
    if (!(name in sides)) return 'not set'
    const value = sides[name]
    return typeof value === 'number' && unit !== '' ? `${value} ${unit}` : written(value)
  }
  return `${side('before', units[0])} → ${side('after', units[1])}`
}

function cable({ amount, feedback }: CableFacts): string {
  return [amount === undefined ? '' : `× ${amount}`, feedback ? 'feedback' : ''].filter(Boolean).join(', ')
}

/** A value in the way of a patch file, without quotes where a word is a name. */
function written(value: unknown): string {
  const whole = text(value)
  return whole.length > longest ? `${whole.slice(0, longest - 1)}…` : whole
}

function text(value: unknown): string {
  if (typeof value === 'string') return /^[\w-]+$/.test(value) ? value : JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(([key, member]) => `${key}: ${text(member)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}
