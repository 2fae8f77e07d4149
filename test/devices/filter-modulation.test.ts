import { describe, expect, it } from 'vitest'
import { createOffline, defineDevice, signal, value, type Patch } from '../../src/index.ts'
import { mul, toAudio, ugens } from '../../src/ugens/index.ts'
import { lab } from './probe.ts'

/** Puts its input on an output channel of its own, unlimited. */
const tap = defineDevice({
  title: 'Tap',
  doc: 'Writes to an output channel.',
  ports: { in: signal('What is measured.'), channel: value('Channel.', { min: 2, max: 31, default: 2 }) },
  output: { rate: 'audio', polarity: 'bipolar', channels: 1 },
  shared: true,
  build: ({ in: [x = 0], channel }) => ({
    signal: mul(toAudio(x), 1e-9),
    effects: [ugens.Out.ar(channel, toAudio(x))],
  }),
})

type Ports = Readonly<Record<string, string | number | boolean>>
interface Case {
  readonly ports: Ports
  readonly source?: string
  readonly amount?: number
}

const sources: Record<string, Ports> = {
  'sine 300 Hz': { type: 'oscillator', waveform: 'sine', frequency: 300 },
  'sine 2 kHz': { type: 'oscillator', waveform: 'sine', frequency: 2000 },
  'white noise': { type: 'noise' },
  'square LFO 5 Hz': { type: 'lfo', waveform: 'square', frequency: 5 },
  'random LFO 97 Hz': { type: 'lfo', waveform: 'random', frequency: 97 },
  // at twice the lowest cutoffs, where an LFO would pump
  'sine LFO 100 Hz': { type: 'lfo', waveform: 'sine', frequency: 100 },
  'envelope 2 ms': { type: 'envelope', attack: 0.002, decay: 0.002, sustain: 0, release: 0.002 },
}
const amounts = [0.1, 0.3, 1, 1000]
const kinds = ['lowpass', 'highpass', 'bandpass', 'notch'].flatMap((mode) =>
  [12, 24].map((slope) => ({ mode, slope })),
)

/** What each filter makes of one saw, its modulation at a depth that falls from 1 to 0 when `stop` is given. */
async function outputs(cases: readonly Case[], seconds: number, stop?: number): Promise<Float32Array[]> {
  const all: Float32Array[] = []
  for (let first = 0; first < cases.length; first += 30) {
    const batch = cases.slice(first, first + 30)
    const devices: Record<string, Patch['devices'][string]> = {
      saw: { type: 'oscillator', frequency: 440, shared: true },
      again: { type: 'lfo', waveform: 'square', polarity: 'unipolar', frequency: 30, shared: true },
    }
    const connections: (readonly [string, string] | readonly [string, string, number])[] = []
    for (const [i, { ports, source, amount }] of batch.entries()) {
      devices[`f${i}`] = { type: 'filter', shared: true, ...ports }
      devices[`t${i}`] = { type: 'tap', channel: i + 2 }
      connections.push(['saw', `f${i}.in`], [`f${i}`, `t${i}.in`], [`t${i}`, 'out'])
      const moving = source === undefined ? undefined : sources[source]
      if (moving === undefined || source === undefined) continue
      const name = source.replaceAll(' ', '_')
      if (!Object.hasOwn(devices, name)) {
        devices[name] = { shared: true, type: 'lfo', ...moving }
        devices[`${name}_depth`] = { type: 'mixer', shared: true }
        connections.push([name, `${name}_depth.in1`], ['depth', `${name}_depth.level`])
        if (moving['type'] === 'envelope') connections.push(['again', `${name}.gate`])
      }
      connections.push([`${name}_depth`, `f${i}.cutoff`, amount ?? 0])
    }
    const patch = { knobs: { depth: 1 }, devices, connections } as Patch
    const synth = await createOffline({ patch, catalogue: { ...lab, tap }, outputs: 32 })
    if (stop !== undefined) synth.setKnob('depth', 0, { at: stop })
    const { channels } = await synth.advance(seconds)
    all.push(...batch.map((_, i) => channels[i + 2]!))
    await synth.close()
  }
  return all
}

/** The largest absolute value; NaN counts as infinite. */
const peakOf = (x: Float32Array): number =>
  x.reduce((most, v) => (Number.isNaN(v) ? Infinity : Math.max(most, Math.abs(v))), 0)

/**
 * How many times louder than unmodulated a filter may become. Unmodulated is the loudest of a row of cutoffs, on a
 * partial of the saw and beside. Measured: up to 4.3, and 5.4 for noise × 1000, which throws the cutoff from end to end at every
 * sample: then one section adds up what two still ones would, and the second section once more.
 */
const bound = 6

describe('a filter whose cutoff is modulated', () => {
  it.each([
    [0, false],
    [0.5, false],
    [0.9, false],
    [1, false],
    [0.9, true],
    [1, true],
  ])('stays within its bound: resonance %d, self-oscillation %s', async (resonance, selfOscillation) => {
    // the dearer ones with fewer sources
    const chosen = selfOscillation
      ? ['white noise', 'square LFO 5 Hz', 'random LFO 97 Hz']
      : Object.keys(sources)
    for (const { mode, slope } of kinds) {
      if (selfOscillation && slope === 24) continue
      const ports = { mode, slope, resonance, selfOscillation }
      const still = [20, 440, 880, 1000, 20000].map((cutoff): Case => ({ ports: { ...ports, cutoff } }))
      const moved = chosen.flatMap((source) =>
        amounts.map((amount): Case => ({
          ports: { ...ports, cutoff: amount < 1 ? 50 : 1000 },
          source,
          amount,
        })),
      )
      // a second: at full resonance a still filter takes that long to get as loud as it will
      const unmodulated = Math.max(...(await outputs(still, 1)).map(peakOf))
      for (const [i, x] of (await outputs(moved, 0.5)).entries()) {
        const { source, amount } = moved[i]!
        expect(peakOf(x) / unmodulated, `${mode} ${slope}, ${source} × ${amount}`).toBeLessThan(bound)
      }
    }
  })

  it('is as before soon after the modulation stops', async () => {
    for (const resonance of [0, 0.5])
      for (const { mode, slope } of kinds) {
        const ports = { mode, slope, resonance, cutoff: 1000 }
        const cases = Object.keys(sources).map((source): Case => ({ ports, source, amount: 1 }))
        // a cable of amount 0: the same filter for the same rate of modulation, at rest
        const atRest = cases.map((c): Case => ({ ...c, amount: 0 }))
        const moved = await outputs(cases, 0.9, 0.3)
        const still = await outputs(atRest, 0.9)
        for (const [i, x] of moved.entries()) {
          const difference = x.subarray(0.8 * 48000).map((v, n) => v - still[i]![n + 0.8 * 48000]!)
          expect(peakOf(difference), `${mode} ${slope}, ${cases[i]!.source}`).toBeLessThan(0.01)
        }
      }
  })

  it('opens within 10 ms of a step', async () => {
    const [x] = await outputs(
      [{ ports: { cutoff: 50, slope: 24 }, source: 'square LFO 5 Hz', amount: 0.5 }],
      0.4,
    )
    // the square rises at 0.2 s; before, at 20 Hz, there is next to nothing
    expect(peakOf(x!.subarray(0.15 * 48000, 0.199 * 48000))).toBeLessThan(0.05)
    expect(peakOf(x!.subarray(0.2 * 48000, 0.21 * 48000))).toBeGreaterThan(0.4)
  })
})
