import type { Paint } from '../errors/index.ts'
import type { Stats, TreePart } from '../live/live-synth.ts'
import { table } from '../picture/table.ts'
import { decibels, meter } from './bar.ts'

/** The live server tree as lines of text: devices with their levels; voices that sleep share a line. */
export function treeText(
  parts: readonly TreePart[],
  stats: Stats,
  { paint, width }: { readonly paint: Paint; readonly width: number },
): string {
  const rows = parts.flatMap(({ synths }) => synths).map(rowOf)
  const lines = table(rows, { width, paint: [undefined, paint.dim, paint.dim, paint.green] })
  let next = 0
  const text: string[] = []
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as TreePart
    const until = parts.findIndex(({ paused }, j) => j > i && !paused)
    const asleep = part.paused ? parts.slice(i, until < 0 ? undefined : until) : []
    if (asleep.length > 0) {
      const count = asleep.reduce((sum, { synths }) => sum + synths.length, 0)
      const names = asleep.length > 1 ? `voices ${numberOf(part)}–${numberOf(asleep.at(-1))}` : part.name
      text.push(paint.dim(`${names}  asleep, ${count} synths`))
      next += count
      i += asleep.length - 1
    } else if (part.synths.length > 0) {
      text.push(paint.bold(part.name), ...lines.slice(next, next + part.synths.length))
      next += part.synths.length
    }
  }
  const { synths, voices, load } = stats
  return [
    ...text,
    paint.dim(
      `${synths} synths, ${voices.awake} of ${voices.total} voices awake, CPU ${percent(load)} of the time`,
    ),
  ].join('\n')
}

function rowOf({ device, type, id, leaving, peak, goes }: TreePart['synths'][number]): readonly string[] {
  return [
    device,
    type === device ? '' : type,
    String(id),
    peak === undefined ? '' : `▕${meter(peak, 12)}▏`,
    leaving ? 'fades out' : peak === undefined ? (goes ?? '') : decibels(peak),
  ]
}

const numberOf = (part: TreePart | undefined): string => part?.name.replace('voice ', '') ?? ''

/** A share of a whole. */
export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
