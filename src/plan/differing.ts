import { figure, listNames, show } from '../errors/index.ts'
import { differencesBetween, type Difference, type ReadPatch } from '../patch/differences.ts'
import type { Report } from './report.ts'

/**
 * A report of a plan, with all in which the patches differ: also what moves no synth, such as a knob or the tempo. Devices
 * of which another constant or cable is written are set, even if that is done by a bus they read.
 *
 * @param before the patch that was heard, and `after` the one that is: their knobs and tempo where they are
 */
export function withDifferences(report: Report, before: ReadPatch, after: ReadPatch): Report {
  const differences = differencesBetween(before, after, report.renamed)
  const concerned = new Set(differences.flatMap(deviceOf))
  const isSet = (name: string): boolean => concerned.has(name)
  return {
    ...report,
    kept: report.kept.filter((name) => !isSet(name)),
    set: [...report.set, ...report.kept.filter(isSet)],
    differences,
  }
}

/** The device whose sound a difference concerns. */
function deviceOf(difference: Difference): readonly string[] {
  switch (difference.type) {
    case 'set':
      return difference.what === 'device' && difference.key !== 'label' ? [difference.name] : []
    case 'connected':
    case 'disconnected':
    case 'cable':
      return difference.to.split('.', 1)
    default:
      return []
  }
}

/** What differs and is no change of a synth, under its headings. */
export function otherChanges(report: Report): (readonly [title: string, names: readonly string[]])[] {
  const { differences, voices } = report
  const told = new Set([
    ...[report.kept, report.set, report.replaced, report.added, report.removed].flat(),
    ...report.renamed.map(({ to }) => to),
  ])
  const knobs: string[] = []
  const labels: string[] = []
  const silent = new Set<string>()
  const orders: string[] = []
  const settings: (readonly [string, readonly string[]])[] = []
  for (const difference of differences)
    if (difference.type === 'patch') {
      const { key } = difference
      if (voices === undefined || !(key === 'voices.count' || key === 'voices.mode'))
        settings.push([key, [change(difference.before, difference.after)]])
    } else if (difference.type === 'order') orders.push(`of ${difference.of}`)
    else if ('what' in difference) {
      if (difference.what === 'knob') knobs.push(knobText(difference))
      else if (difference.type === 'set' && difference.key === 'label') labels.push(difference.name)
      else if (!told.has(difference.name)) silent.add(difference.name)
    }
  const listed = (names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [listNames(names, mostNames)]
  return [
    ['knobs', listed(knobs)],
    ...settings,
    ['labels', listed(labels)],
    ['bypassed', listed([...silent])],
    ['order', orders],
  ]
}

/** A line has room for so many. */
const mostNames = 8

function knobText(difference: Extract<Difference, { readonly what: 'knob' | 'device' }>): string {
  const { name } = difference
  switch (difference.type) {
    case 'added':
      return `${name}: ${change(undefined, difference.after['value'])}`
    case 'removed':
      return `${name}: ${change(difference.before['value'], undefined)}`
    case 'set': {
      const { key, before, after } = difference
      return `${key === 'value' ? name : `${name}.${key}`}: ${change(before, after)}`
    }
  }
}

/** `0.5 → 0.8`; of what takes more than a few words, that it changed. */
function change(before: unknown, after: unknown): string {
  const [from, to] = [words(before), words(after)]
  if (from === undefined || to === undefined)
    return before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
  // two figures may be alike in what is shown of them
  return from === to ? `${String(before)} → ${String(after)}` : `${from} → ${to}`
}

function words(value: unknown): string | undefined {
  if (value === undefined) return 'none'
  if (typeof value === 'number') return figure(value)
  if (typeof value === 'string') return /^[\w-]{1,60}$/.test(value) ? value : show(value)
  if (Array.isArray(value) && value.length <= 2) {
    const each = value.map(words)
    return each.includes(undefined) ? undefined : `[${each.join(', ')}]`
  }
  return typeof value === 'boolean' ? String(value) : undefined
}
