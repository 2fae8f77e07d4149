import { createOffline, defineDevice, signal, standard, value, type Patch } from '../../src/index.ts'
import { max, mul, sub, toAudio, ugens } from '../../src/ugens/index.ts'

/** What the probe makes of its input, so that it stays below the knee of `out`. */
const scale = 0.25

/**
 * Multiplies by +1, −1, +1 …: `out` takes no DC from that, so a test gets back every sample as it was, also of a
 * control signal (in straight lines from block to block) up to ±3.
 */
const probe = defineDevice({
  title: 'Probe',
  doc: 'Hands a signal through out unharmed.',
  ports: { in: signal('What is measured.') },
  output: { rate: 'audio', polarity: 'bipolar', channels: 'inputs' },
  shared: true,
  build: ({ in: channels }) => {
    const alternating = sub(mul(ugens.LFPulse.ar(mul(ugens.SampleRate.ir(), 0.5)), 2 * scale), scale)
    return channels.map((channel) => mul(toAudio(channel), alternating))
  },
})

/** A constant at audio rate. */
const constant = defineDevice({
  title: 'Constant',
  doc: 'A constant.',
  ports: { level: value('Level.', { min: -4, max: 4, default: 1 }) },
  output: { rate: 'audio', polarity: 'bipolar', channels: 1 },
  generator: true,
  build: ({ level }) => toAudio(level),
})

/** Two sides that differ. */
const sides = defineDevice({
  title: 'Sides',
  doc: 'Left and right from two signals.',
  ports: { left: signal('Left.'), right: signal('Right.') },
  output: { rate: 'audio', polarity: 'bipolar', channels: 2 },
  build: ({ left: [left = 0], right: [right = 0] }) => [left, right],
})

/** One sample of 1, then silence. */
const click = defineDevice({
  title: 'Click',
  doc: 'One sample of 1.',
  ports: { level: value('Level.', { min: 0, max: 4, default: 1 }) },
  output: { rate: 'audio', polarity: 'bipolar', channels: 1 },
  generator: true,
  build: ({ level }) => {
    // the server's Impulse is high for two samples at its start: its falling edge is one
    const clicks = ugens.Impulse.ar(0)
    return mul(max(sub(ugens.OneZero.ar(clicks, 1), clicks), 0), level)
  },
})

/** The standard devices and what tests measure them with. */
export const lab = { ...standard, probe, constant, sides, click }

/** What happens while a patch is listened to. */
export type Act = readonly [
  at: number,
  act: { on: number; velocity?: number } | { off: number } | { knob: string; to: number },
]

export interface Listening {
  readonly seconds?: number
  readonly acts?: readonly Act[]
  readonly sampleRate?: number
}

/** Both channels of what a patch of the lab puts out. */
export async function hear(
  patch: Patch,
  { seconds = 0.5, acts = [], sampleRate = 48000 }: Listening = {},
): Promise<Float32Array[]> {
  const synth = await createOffline({ patch, catalogue: lab, sampleRate })
  try {
    for (const [at, act] of acts)
      if ('on' in act) synth.noteOn(act.on, act.velocity, { at })
      else if ('off' in act) synth.noteOff(act.off, { at })
      else synth.setKnob(act.knob, act.to, { at })
    return [...(await synth.advance(seconds)).channels]
  } finally {
    await synth.close()
  }
}

/** Every sample of one device's output as it is, DC included: left and right, equal if it is mono. */
export async function measure(
  patch: Patch,
  device: string,
  listening: Listening = {},
): Promise<[Float32Array, Float32Array]> {
  const devices = { ...patch.devices, probe9: { type: 'probe' } }
  const connections = [
    ...(patch.connections ?? []),
    [device, 'probe9.in'] as const,
    ['probe9', 'out'] as const,
  ]
  const channels = await hear({ ...patch, devices, connections }, listening)
  const plain = (signal: Float32Array | undefined): Float32Array =>
    (signal ?? new Float32Array()).map((x, i) => (i % 2 ? -x : x) / scale)
  return [plain(channels[0]), plain(channels[1])]
}

/** One shared device alone, with its cables. */
export function alone(type: string, ports: Readonly<Record<string, string | number | boolean>> = {}): Patch {
  return { devices: { it: { type, shared: true, ...ports } } }
}
