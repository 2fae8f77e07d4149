import type { Patch } from '../src/index.ts'
import { createSynth, type LiveSynth } from '../src/live.ts'
import { cpuSeconds, median } from './measure.ts'
import { catalogue, polySub } from './patches.ts'
import type { Row, Thoroughness } from './row.ts'

const wait = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000))
const buffers = [512, 256] as const

/** Row 13: what a live synth costs while nobody plays, as cores: CPU of the whole process, all threads. */
export async function idleLive({ quick }: Thoroughness): Promise<Row[]> {
  const rows: Row[] = []
  for (const bufferFrames of buffers) {
    const synth = await createSynth({ patch: polySub(8), catalogue, device: 'silent', bufferFrames })
    await wait(2)
    const [before, from] = [cpuSeconds(), performance.now()]
    await wait(quick ? 3 : 10)
    const cores = (cpuSeconds() - before) / ((performance.now() - from) / 1000)
    await synth.close()
    rows.push({
      number: bufferFrames === buffers[0] ? '13' : '',
      figure: `live engine, POLY-SUB with 8 idle voices, silent sink, buffers of ${bufferFrames} frames: cores`,
      measured: cores.toFixed(3),
      budget: '≤ 0.1',
      kept: cores <= 0.1,
    })
  }
  return rows
}

/** A note without an envelope, silent until it is played. */
const organ: Patch = {
  voices: 1,
  devices: { tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.3 } },
  connections: [['tone', 'out']],
}
/** The same with something new that is heard at once. Its SynthDef is loaded each time: it is freed as it goes. */
const louder: Patch = {
  ...organ,
  devices: { ...organ.devices, more: { type: 'oscillator', shared: true, waveform: 'saw', frequency: 1000 } },
  connections: [
    ['tone', 'out'],
    ['more', 'out'],
  ],
}

/** All that is heard, as frames that are counted from the first. */
class Tape {
  readonly #chunks: Float32Array[] = []
  frames = 0

  constructor(synth: LiveSynth) {
    synth.listen(({ channels: [left = new Float32Array()] }) => {
      this.#chunks.push(left)
      this.frames += left.length
    })
  }

  /** The first frame from here on that is not silent, once it is heard. */
  async firstSound(from: number): Promise<number> {
    for (;;) {
      let at = 0
      for (const chunk of this.#chunks) {
        const found = at + chunk.length > from ? chunk.findIndex((x, i) => at + i >= from && x !== 0) : -1
        if (found >= 0) return at + found
        at += chunk.length
      }
      await wait(0.02)
    }
  }

  /** Waits until a while has been silent. */
  async silence(seconds: number): Promise<void> {
    for (;;) {
      const last = this.#chunks.slice(-Math.ceil(seconds / 0.04))
      if (last.length > 1 && last.every((chunk) => chunk.every((x) => x === 0))) return
      await wait(0.05)
    }
  }
}

/** Row 9: how much later than the block that is computed as `apply` is called the first sample is another; in sound, not by a wall clock. */
export async function applyToSound({ rounds, quick }: Thoroughness): Promise<Row[]> {
  const rows: Row[] = []
  for (const bufferFrames of buffers) {
    const synth = await createSynth({ patch: organ, device: 'silent', bufferFrames })
    const tape = new Tape(synth)
    while (tape.frames === 0) await wait(0.02)
    // a note at a known time tells which frame of the tape is which of the synth
    const at = synth.time + 0.5
    synth.noteOn(69, 0.8, { at })
    synth.noteOff(69, { at: at + 0.05 })
    const offset = (await tape.firstSound(0)) - Math.floor((at * synth.sampleRate) / 128 + 1e-6) * 128
    const delays: number[] = []
    for (let round = 0; round < (quick ? 2 : 3) * rounds; round++) {
      await tape.silence(0.2)
      // not always at the same phase of a buffer
      await wait((round % 7) * 0.0023)
      const called = Math.round(synth.time * synth.sampleRate) + offset
      const change = synth.apply(louder)
      delays.push(((await tape.firstSound(called)) - called) / synth.sampleRate)
      await change
      await synth.undo()
    }
    await synth.close()
    const ms = 1000 * median(delays)
    rows.push({
      number: bufferFrames === buffers[0] ? '9' : '',
      figure: `from \`apply\` to the first changed sample, live, a new SynthDef, buffers of ${bufferFrames} frames: ms of sound`,
      measured: `${ms.toFixed(1)} (${(1000 * Math.min(...delays)).toFixed(1)}–${(1000 * Math.max(...delays)).toFixed(1)})`,
      budget: '≤ 20',
      kept: ms <= 20,
    })
  }
  return rows
}

/** Row 11, live: how many turns of a knob are taken while the synth sounds, the last of which must be heard. */
export async function knobTurnsLive(): Promise<Row[]> {
  const patch: Patch = {
    knobs: { k: 0 },
    voices: { mode: 'drone' },
    devices: { o: { type: 'oscillator', waveform: 'sine' } },
    connections: [
      ['k', 'o.amplitude'],
      ['o', 'out'],
    ],
  }
  const synth = await createSynth({ patch, device: 'silent' })
  const calls = 200_000
  await wait(0.5)
  const before = cpuSeconds()
  for (let i = 0; i < calls; i++) {
    synth.setKnob('k', i === calls - 1 ? 0.25 : (i % 1000) / 999)
    if (i % 200 === 199) await new Promise((resolve) => setImmediate(resolve))
  }
  const rate = calls / (cpuSeconds() - before)
  await wait(1)
  const { channels } = await synth.probe('out', { seconds: 0.1 })
  const peak = (channels[0] ?? new Float32Array()).reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  await synth.close()
  return [
    {
      number: '',
      figure: 'the same live, 200 at a time: per second of CPU, the last one heard',
      measured: `${Math.round(rate / 1000)},000, ${Math.abs(peak - 0.25) < 0.005 ? 'heard' : 'not heard'}`,
      budget: '≥ 50,000',
      kept: rate >= 50_000 && Math.abs(peak - 0.25) < 0.005,
    },
  ]
}
