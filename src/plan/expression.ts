import type { NoteEvent } from './note-event.ts'

/** How a channel, or all of them together, is bent and pressed. */
export interface Touch {
  /** Semitones. */
  readonly bend: number
  readonly pressure: number
  /** Undefined in a channel: as all. */
  readonly timbre?: number
}

/** Bend, pressure and timbre, of all channels together and of each. */
export interface Expression {
  readonly all: Touch
  readonly channels: Readonly<Record<number, Touch>>
}

const untouched: Touch = { bend: 0, pressure: 0 }
/** Nothing is bent or pressed. */
export const plainExpression: Expression = { all: untouched, channels: {} }
/** Timbre in the middle, as MPE has it. */
const middle = 0.5

/** What bend, pressure and timbre are after an event. */
export function expressionAfter(before: Expression, event: NoteEvent): Expression {
  if (event.kind !== 'bend' && event.kind !== 'pressure' && event.kind !== 'timbre') return before
  if (event.kind === 'pressure' && event.note !== undefined) return before
  const { channel } = event
  const touch = event.kind === 'bend' ? { bend: event.semitones } : { [event.kind]: event.value }
  if (channel !== undefined)
    return {
      ...before,
      channels: { ...before.channels, [channel]: { ...(before.channels[channel] ?? untouched), ...touch } },
    }
  if (event.kind !== 'timbre') return { ...before, all: { ...before.all, ...touch } }
  // timbres do not add up: what is said of all is true of each
  const channels = Object.entries(before.channels).map(([name, { bend, pressure }]) => [
    name,
    { bend, pressure },
  ])
  return {
    all: { ...before.all, ...touch },
    channels: Object.fromEntries(channels) as Expression['channels'],
  }
}

/** What a note of a channel has: bends add up, the higher pressure counts, the channel's own timbre. */
export function expressionOf({ all, channels }: Expression, channel: number | undefined): Required<Touch> {
  const own = (channel === undefined ? undefined : channels[channel]) ?? untouched
  return {
    bend: all.bend + own.bend,
    pressure: Math.max(all.pressure, own.pressure),
    timbre: own.timbre ?? all.timbre ?? middle,
  }
}
