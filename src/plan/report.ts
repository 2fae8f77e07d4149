import type { Difference } from '../patch/differences.ts'
import type { Allocation, RunningNode, RunningVoice, VoiceCount } from './allocation.ts'
import { otherChanges } from './differing.ts'

/** What a plan does, by names of devices. */
export interface Report {
  /** Not touched. */
  readonly kept: readonly string[]
  /** The same synths, with other controls or cables. */
  readonly set: readonly string[]
  /** Gone over to new synths in the same place. */
  readonly replaced: readonly string[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Synths that run at another place in the order. */
  readonly moved: readonly string[]
  readonly renamed: readonly { readonly from: string; readonly to: string }[]
  /** Voices, if the patch asks for others than before. */
  readonly voices?: VoicesReport
  /** Ports that start from something else now, and glide there: `filter0.cutoff: default → zero`. */
  readonly bases: readonly string[]
  /**
   * In what the patch that is heard then differs from the one before, its knobs and its tempo where they are; none where only
   * networks are known.
   */
  readonly differences: readonly Difference[]
  /** Synths born; synths that end, at once or when they have faded or rung out; synths called back as they left. */
  readonly synths: { readonly born: number; readonly freed: number; readonly back: number }
  /** Channels of buses taken, and given back as far as it is at once. */
  readonly buses: { readonly taken: number; readonly freed: number }
  /** How long it took from the patch to the confirmation of the engine; 0 in a plan that was not executed. */
  readonly milliseconds: number
}

/** How the voices change. */
export interface VoicesReport {
  /** How many, and how they are given to notes. Undefined: none were needed. */
  readonly before?: VoiceCount
  /** Undefined: none are needed. */
  readonly now?: VoiceCount
  /** Voices beyond those that go on sounding until their note has ended. */
  readonly finishing: number
}

/** How each synth of a device is had: in the order of the voices. */
export type How = 'kept' | 'back' | 'born'

/** What became of every device. */
export function outcome(
  from: Allocation,
  nodes: ReadonlyMap<string, RunningNode>,
  hows: ReadonlyMap<string, readonly How[]>,
  touched: ReadonlySet<number>,
): Pick<Report, 'kept' | 'set' | 'replaced' | 'added' | 'removed' | 'bases'> {
  const report = {
    kept: [] as string[],
    set: [] as string[],
    replaced: [] as string[],
    added: [] as string[],
  }
  const bases: string[] = []
  for (const [name, { node, instances }] of nodes) {
    const before = from.nodes.get(name)
    const all = hows.get(name) ?? []
    // a voice more is no new device
    const old = before?.node.part === node.part ? all.slice(0, before.instances.length) : []
    if (before === undefined) report.added.push(name)
    else if (before.node.part !== node.part || old.some((how) => how !== 'kept')) report.replaced.push(name)
    else if (instances.some(({ id }) => touched.has(id))) report.set.push(name)
    else report.kept.push(name)
    for (const [port, base] of Object.entries(node.bases)) {
      const was = before?.node.bases[port]
      if (was !== undefined && was !== base) bases.push(`${name}.${port}: ${was} → ${base}`)
    }
  }
  const removed = [...from.nodes.keys()].filter((name) => !nodes.has(name))
  return { ...report, removed, bases }
}

/** What is said of the voices: nothing of the first ones, and of those that stay as they are. */
export function voicesReport(
  { groups, policy: before }: Allocation,
  now: VoiceCount | undefined,
  voices: readonly RunningVoice[],
): Pick<Report, 'voices'> {
  if (groups === undefined || (before?.count === now?.count && before?.mode === now?.mode)) return {}
  const sounding = voices.filter(({ paused }) => !paused).length
  const finishing = Math.max(0, sounding - (now?.count ?? 0))
  return { voices: { ...(before && { before }), ...(now && { now }), finishing } }
}

/** `8 → 3, poly → mono; 5 finish their note` */
function formatVoices({ before, now, finishing }: VoicesReport): string {
  const change = (from: string | number, to: string | number): string =>
    from === to ? `${to}` : `${from} → ${to}`
  const count = change(before?.count ?? 0, now?.count ?? 0)
  const modes = [before?.mode, now?.mode].filter((mode) => mode !== undefined)
  const mode = modes.length === 0 ? '' : `, ${change(modes[0] ?? '', modes.at(-1) ?? '')}`
  const end = finishing === 1 ? 'finishes its note' : 'finish their note'
  return `${count}${mode}${finishing > 0 ? `; ${finishing} ${end}` : ''}`
}

/**
 * A report as one block of text; no line for what did not happen.
 *
 * @example
 * const synth = await createOffline({ patch })
 * console.log(formatReport(await synth.apply({ ...patch, tempo: 90 })))
 */
export function formatReport(report: Report): string {
  const { synths, buses, milliseconds } = report
  const lines = changesOf(report).map(([title, names]) => `${title.padEnd(8)} ${names.join(', ')}`)
  const kept = report.kept.length
  const untouched = kept === 1 ? '1 device untouched' : `${kept} devices untouched`
  if (lines.length === 0) lines.push('nothing changed')
  const back = synths.back > 0 ? `, ${synths.back} called back` : ''
  return [
    ...lines,
    `${'kept'.padEnd(9)}${untouched}`,
    `${'synths'.padEnd(9)}${synths.born} born, ${synths.freed} freed${back}; buses: ${buses.taken} taken, ${buses.freed} freed`,
    ...(milliseconds > 0 ? [`${'took'.padEnd(9)}${milliseconds.toFixed(1)} ms`] : []),
  ].join('\n')
}

/** What changed, under its headings. */
const changesOf = (report: Report): (readonly [title: string, names: readonly string[]])[] =>
  (
    [
      ['added', report.added],
      ['removed', report.removed],
      ['replaced', report.replaced],
      ['set', report.set],
      ['moved', report.moved],
      ['renamed', report.renamed.map(({ from, to }) => `${from} → ${to}`)],
      ['voices', report.voices === undefined ? [] : [formatVoices(report.voices)]],
      ['glides', report.bases],
      ...otherChanges(report),
    ] as const
  ).filter(([, names]) => names.length > 0)

/** A report in one line: `replaced filter0 · 12 untouched · 8.1 ms`. */
export function reportLine(report: Report): string {
  const changes = changesOf(report).map(([title, names]) => `${title} ${names.join(', ')}`)
  const parts = changes.length === 0 ? ['nothing changed'] : [...changes, `${report.kept.length} untouched`]
  return [...parts, `${report.milliseconds.toFixed(1)} ms`].join(' · ')
}
