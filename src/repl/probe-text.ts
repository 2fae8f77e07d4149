import { figure, type Paint } from '../errors/index.ts'
import type { Audio } from '../live/index.ts'
import { noteName } from '../patch/notes.ts'
import { decibels } from './bar.ts'
import { fundamental } from './fundamental.ts'
import { scope, standing } from './scope.ts'

/** What was heard of a device. */
export interface Heard {
  readonly device: string
  /** Hz; a control signal has one sample a block. */
  readonly sampleRate: number
  readonly channels: readonly Float32Array[]
  /** Mean (RMS) of all channels, 1 is full scale. */
  readonly level: number
  /** The largest sample, 1 is full scale. */
  readonly peak: number
  /** Hz; absent for what has no pitch. */
  readonly pitch?: number
}

/** What can be said of a sound. */
export function heard(device: string, { sampleRate, channels }: Audio): Heard {
  const samples = channels.reduce((sum, { length }) => sum + length, 0)
  const power = channels.reduce((sum, channel) => channel.reduce((all, x) => all + x * x, sum), 0)
  const peak = channels.reduce((top, channel) => channel.reduce((a, x) => Math.max(a, Math.abs(x)), top), 0)
  const [first] = channels
  const pitch = first && fundamental(first, sampleRate)
  return {
    device,
    sampleRate,
    channels,
    level: samples > 0 ? Math.sqrt(power / samples) : 0,
    peak,
    ...(pitch !== undefined && { pitch }),
  }
}

/** Below this a sample rate is that of control signals, which are not heard but move things. */
const lowestAudioRate = 8000

/**
 * What was heard, as lines of text: figures, and the wave.
 *
 * @param options `sleeps`: nothing was, for no voice is awake
 */
export function heardText(
  { device, sampleRate, channels, level, peak, pitch }: Heard,
  {
    width,
    paint,
    sleeps = false,
  }: { readonly width: number; readonly paint: Paint; readonly sleeps?: boolean },
): string {
  const [first = new Float32Array()] = channels
  const isAudio = sampleRate >= lowestAudioRate
  const figures = isAudio
    ? [
        `level ${decibels(level)}`,
        `peak ${decibels(peak)}`,
        `pitch ${pitch === undefined ? 'none' : hertz(pitch)}`,
      ]
    : [
        `now ${figure(first.at(-1) ?? 0)}`,
        `from ${figure(lowest(first))} to ${figure(highest(first))}`,
        ...(pitch === undefined ? [] : [`${figure(pitch)} Hz`]),
      ]
  const shown = isAudio ? standing(first, pitch === undefined ? undefined : sampleRate / pitch) : first
  const milliseconds = (shown.length / sampleRate) * 1000
  const span = `${figure(milliseconds)} ms${channels.length > 1 ? ', left' : ''}`
  return [
    `${paint.bold(device)}  ${figures.join('   ')}   ${paint.dim(`(${span})`)}`,
    ...scope(shown, { columns: Math.min(width, 76), rows: isAudio ? 9 : 7 }),
    ...(sleeps ? [paint.dim('all voices are asleep: play a note')] : []),
  ].join('\n')
}

const lowest = (samples: Float32Array): number => samples.reduce((low, x) => Math.min(low, x), Infinity)
const highest = (samples: Float32Array): number => samples.reduce((high, x) => Math.max(high, x), -Infinity)

/** `261.6 Hz (C4)`, `450.0 Hz (A4 +39 cents)` */
function hertz(pitch: number): string {
  const note = 69 + 12 * Math.log2(pitch / 440)
  const nearest = Math.round(note)
  const text = `${pitch.toFixed(1)} Hz`
  if (nearest < 0 || nearest > 127) return text
  const cents = Math.round((note - nearest) * 100)
  const off = cents === 0 ? '' : ` ${cents > 0 ? '+' : '−'}${Math.abs(cents)} cents`
  return `${text} (${noteName(nearest)}${off})`
}
