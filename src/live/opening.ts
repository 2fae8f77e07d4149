import type { PlayedPart } from './part.ts'

/** A part as it begins: a snapshot that is recalled at second 0, before any note, is the patch that it begins with. */
export function opened<P extends PlayedPart>(part: P): P {
  const { snapshots, score } = part
  const first = score.events.findIndex(({ kind, time }) => kind === 'on' || time > 0)
  const head = score.events.slice(0, first < 0 ? undefined : first)
  const last = head.findLast(({ kind }) => kind === 'recall')
  const patch = last?.kind === 'recall' ? snapshots?.get(last.name) : undefined
  if (last === undefined || patch === undefined) return part
  const begin = head.indexOf(last)
  const events = score.events.filter(({ kind }, i) => i > begin || !(kind === 'recall' || kind === 'knob'))
  return { ...part, patch, score: { ...score, events } }
}
