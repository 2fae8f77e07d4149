/** What the clock of a MIDI cable asks for. */
export type ClockAction =
  /** Beats per minute. */
  | { readonly kind: 'tempo'; readonly bpm: number }
  /** From the beginning, or from where it stands: at the next tick, which is the first. */
  | { readonly kind: 'start' | 'continue' }
  | { readonly kind: 'stop' }
  /** The cable is at this beat from now on, wherever it was before; `runs`: and goes on from there. */
  | { readonly kind: 'place'; readonly beat: number; readonly runs: boolean }
  /** A whole beat of a cable that runs. Its tick came so many seconds after its time, by the line through all ticks. */
  | { readonly kind: 'beat'; readonly beat: number; readonly late: number }

/** What is known of the clock of a cable: a value. */
export interface ClockState {
  /** Its last button, if there was one. Running: start or continue. */
  readonly transport: 'unknown' | 'running' | 'stopped'
  /** Where it is has been said since it started. */
  readonly placed: boolean
  /** Ticks since the beginning of the song; of the tick that comes next. */
  readonly ticks: number
  /** Seconds at which the last ticks came, the newest last. */
  readonly times: readonly number[]
  /** Last tempo that was said. */
  readonly bpm: number | undefined
}

/** Ticks of a MIDI clock in a beat. */
const ticksPerBeat = 24

/** The most ticks of which the tempo is the mean: two beats, which makes 1 ms of jitter a twentieth of a BPM. */
const window = 2 * ticksPerBeat
/** The fewest: a quarter of a beat. */
const fewest = 6
/** Beats per minute; what is out of this range is no tempo. */
const [slowest, fastest] = [5, 950]
/** Ticks further apart than this belong to no tempo. */
const longestGap = 60 / slowest / ticksPerBeat
/** A tempo is said again when it has moved by this much, as a ratio: less is jitter. */
const sameTempo = 0.0005
/** The newest ticks, by which a new tempo is seen: so many in a row must be off by more than jitter. */
const newest = 6
/** Seconds by which cables and computers are late now and then. */
const jitter = 0.003

/** Nothing heard yet. */
export const clockAtStart: ClockState = {
  transport: 'unknown',
  placed: false,
  ticks: 0,
  times: [],
  bpm: undefined,
}

/** What a clock hears, with song positions in beats. */
export type ClockMessage =
  | { readonly kind: 'clock' | 'start' | 'continue' | 'stop' }
  | { readonly kind: 'position'; readonly beat: number }

/**
 * What a message of the clock means. The tempo is that of the line through the last two beats of ticks, so that single
 * late ticks do not matter; when it changes, it is found anew within a quarter of a beat. Pure.
 *
 * @param state what the call before returned
 * @param seconds when it came, by any clock that goes on evenly
 * @example
 * followClock(clockAtStart, { kind: 'start' }, 0).actions // [{ kind: 'start' }]
 */
export function followClock(
  state: ClockState,
  message: ClockMessage,
  seconds: number,
): { readonly state: ClockState; readonly actions: readonly ClockAction[] } {
  switch (message.kind) {
    case 'start':
      return {
        state: { ...state, transport: 'running', placed: false, ticks: 0 },
        actions: [{ kind: 'start' }],
      }
    case 'continue':
      return { state: { ...state, transport: 'running', placed: false }, actions: [{ kind: 'continue' }] }
    case 'stop':
      return { state: { ...state, transport: 'stopped' }, actions: [{ kind: 'stop' }] }
    case 'position': {
      const { beat } = message
      const ticks = Math.round(beat * ticksPerBeat)
      return { state: { ...state, ticks, placed: false }, actions: [{ kind: 'place', beat, runs: false }] }
    }
    case 'clock':
      return ticked(state, seconds)
  }
}

function ticked(before: ClockState, seconds: number): ReturnType<typeof followClock> {
  const last = before.times.at(-1) ?? seconds
  const gap = seconds - last
  const goesOn = gap >= 0 && gap <= longestGap
  const times = steady(goesOn ? [...before.times, seconds].slice(-window - 1) : [seconds])
  const line = times.length > fewest ? lineThrough(times) : undefined
  const estimate = line && tempoOf(line)
  const { transport, placed, ticks } = before
  const running = transport === 'running'
  const isNews = estimate !== undefined && Math.abs(estimate / (before.bpm ?? Infinity) - 1) > sameTempo
  const bpm = isNews ? estimate : before.bpm
  const beat = ticks / ticksPerBeat
  const late = line ? seconds - (line.start + line.slope * (times.length - 1)) : 0
  const place: readonly ClockAction[] = placed
    ? Number.isInteger(beat)
      ? [{ kind: 'beat', beat, late }]
      : []
    : [{ kind: 'place', beat, runs: true }]
  return {
    state: { transport, placed: running, ticks: running ? ticks + 1 : ticks, times, bpm },
    actions: [...(isNews ? [{ kind: 'tempo' as const, bpm: estimate }] : []), ...(running ? place : [])],
  }
}

interface Line {
  readonly slope: number
  /** Seconds at tick 0. */
  readonly start: number
}

/** The straight line through the times: seconds a tick, by least squares. */
function lineThrough(times: readonly number[]): Line {
  const n = times.length
  const middle = (n - 1) / 2
  const mean = times.reduce((sum, time) => sum + time, 0) / n
  const slope =
    times.reduce((sum, time, i) => sum + (i - middle) * (time - mean), 0) / ((n * (n * n - 1)) / 12)
  return { slope, start: mean - slope * middle }
}

function tempoOf({ slope }: Line): number | undefined {
  const bpm = 60 / (slope * ticksPerBeat)
  return bpm >= slowest && bpm <= fastest ? bpm : undefined
}

/** Only the newest ticks, if the tempo is another since they came: they all are off the line of those before, to one side, and ever more. */
function steady(times: readonly number[]): readonly number[] {
  const old = times.slice(0, -newest)
  if (old.length <= fewest) return times
  const { slope, start } = lineThrough(old)
  const off = times.slice(-newest).map((time, i) => time - (start + slope * (old.length + i)))
  const first = off[0] ?? 0
  const last = off.at(-1) ?? 0
  const isNew =
    Math.abs(last) > jitter && Math.abs(last) > 2 * Math.abs(first) && off.every((d) => d * last > 0)
  return isNew ? times.slice(-newest - 1) : times
}

/** Whether a cable has a clock at all: buttons for the transport alone, as some keyboards have them, are none. */
export function isTicking({ times }: ClockState, seconds: number): boolean {
  const last = times.at(-1)
  return last !== undefined && seconds - last <= longestGap
}
