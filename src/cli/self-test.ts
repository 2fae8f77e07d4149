import type { Problem } from '../errors/index.ts'
import { show } from '../errors/index.ts'
import type { Audio } from '../live/index.ts'
import type { Patch } from '../patch/index.ts'

/** Plays a note A4 of a second, and gives the first second. */
export type RenderA4 = (patch: Patch) => Promise<Audio>

/** What a rendered sine was like, and whether a richer patch gave the same bytes twice. */
export interface SelfTest {
  readonly hertz: number
  /** dBFS. */
  readonly level: number
  /** What is not as it should be. */
  readonly problems: readonly Problem[]
}

const standardPitch = 440
const amplitude = 0.5
/** A beat is a second. */
const tempo = 60
/** Beyond these something is wrong: an engine that is right is a hundred times closer. */
const tolerance = { cents: 0.5, decibels: 0.1 }

/** Of which pitch and level are known. */
const sine: Patch = {
  tempo,
  devices: { oscillator0: { type: 'oscillator', waveform: 'sine', amplitude } },
  connections: [['oscillator0', 'out']],
}

/** Of all sorts: noise, modulation, feedback, a room, several voices. */
const rich: Patch = {
  tempo,
  voices: 2,
  devices: {
    noise0: { type: 'noise' },
    oscillator0: { type: 'oscillator', waveform: 'saw', amplitude: 0.3 },
    lfo0: { type: 'lfo', frequency: 7 },
    mixer0: { type: 'mixer' },
    filter0: { type: 'filter', cutoff: 1500, resonance: 0.4 },
    envelope0: { type: 'envelope' },
    amplifier0: { type: 'amplifier' },
    delay0: { type: 'delay', time: 0.11 },
    reverb0: { type: 'reverb' },
  },
  connections: [
    ['noise0', 'mixer0.in1', 0.1],
    ['oscillator0', 'mixer0.in2'],
    ['mixer0', 'filter0.in'],
    ['lfo0', 'filter0.cutoff', 0.05],
    ['filter0', 'amplifier0.in'],
    ['envelope0', 'amplifier0.gain'],
    ['amplifier0', 'delay0.in'],
    ['delay0', 'reverb0.in'],
    ['reverb0', 'out'],
  ],
}

/**
 * Renders patches and looks at the sound: pitch, level, numbers, and that equal calls give equal bytes.
 *
 * @throws MegasynthError if the engine fails
 */
export async function selfTest(render: RenderA4): Promise<SelfTest> {
  const { sampleRate, channels } = await render(sine)
  // the middle, where nothing fades
  const steady = (channels[0] ?? new Float32Array()).subarray(sampleRate / 4, (3 * sampleRate) / 4)
  const hertz = pitchOf(steady, sampleRate)
  const level = 20 * Math.log10(steady.reduce((most, x) => Math.max(most, Math.abs(x)), 0))
  const [once, twice] = [await render(rich), await render(rich)]
  const cents = 1200 * Math.log2(hertz / standardPitch)
  const wanted = 20 * Math.log10(amplitude)
  return {
    hertz,
    level,
    problems: [
      // not: cents > tolerance, since NaN is wrong too
      ...(Math.abs(cents) <= tolerance.cents
        ? []
        : [wrong('an A4 is out of tune', `${hertz.toFixed(2)} Hz`, `${standardPitch} Hz`)]),
      ...(Math.abs(level - wanted) <= tolerance.decibels
        ? []
        : [wrong('a sine has the wrong level', `${level.toFixed(2)} dBFS`, `${wanted.toFixed(2)} dBFS`)]),
      ...soundness(once),
      ...difference(once, twice),
    ],
  }
}

function soundness({ channels }: Audio): Problem[] {
  const odd = channels.flatMap((channel) => channel.find((x) => !Number.isFinite(x)) ?? [])
  if (odd.length > 0) return [wrong('there are samples that are no numbers', show(odd[0]), 'finite numbers')]
  const silent = channels.every((channel) => channel.every((x) => x === 0))
  return silent ? [wrong('a patch with a note is silent', 'only zeros', 'sound')] : []
}

function difference(once: Audio, twice: Audio): Problem[] {
  const differing = once.channels.reduce(
    (sum, channel, i) => sum + channel.filter((x, at) => !Object.is(x, twice.channels[i]?.[at])).length,
    0,
  )
  if (differing === 0) return []
  return [
    wrong(
      'the same patch sounds different the second time',
      `${differing} samples differ`,
      'the same samples',
    ),
  ]
}

/** By the first and the last rise through zero, and how many are between. */
function pitchOf(signal: Float32Array, sampleRate: number): number {
  const rises: number[] = []
  for (let i = 1; i < signal.length; i++) {
    const [before, after] = [signal[i - 1] ?? 0, signal[i] ?? 0]
    if (before < 0 && after >= 0) rises.push(i - 1 + before / (before - after))
  }
  const [first, last] = [rises[0], rises.at(-1)]
  return first === undefined || last === undefined ? NaN : ((rises.length - 1) * sampleRate) / (last - first)
}

function wrong(message: string, found: string, expected: string): Problem {
  return {
    code: 'engine-failed',
    path: 'self-test',
    message,
    found,
    expected,
    suggestion: 'please report it, with the output of megasynth doctor --json',
  }
}
