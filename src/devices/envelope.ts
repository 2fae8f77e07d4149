import { add, binaryOp, max, mul, sub, ugens, type Signal } from '../ugens/index.ts'
import { defineDevice, gate, value } from './define.ts'

const { ControlDur, EnvGen } = ugens
const seconds = { max: 20, instant: true, scale: 'exponential', unit: 's' } as const
/** Shape number of a segment with a curvature. */
const curved = 5

/** Attack, decay, sustain, release. */
export const envelope = defineDevice({
  title: 'Envelope',
  doc: 'ADSR: rises when its gate goes up, falls to the sustain level, and to zero when the gate goes down. A gate that goes up again starts from where the envelope is.',
  ports: {
    attack: value('Time from the start to the peak.', { min: 0.002, default: 0.01, ...seconds }),
    decay: value('Time from the peak to the sustain level.', { min: 0.002, default: 0.2, ...seconds }),
    sustain: value('Level while the gate stays high.', { min: 0, max: 1, default: 0.7 }),
    release: value('Time from there to zero after the gate went down.', {
      min: 0.002,
      default: 0.3,
      ...seconds,
    }),
    curve: value('Curvature of all segments: 0 is straight, below it starts fast, above it starts slowly.', {
      min: -10,
      max: 10,
      default: -4,
    }),
    gate: gate('Held high, it sustains.', { normal: 'keys.gate' }),
  },
  output: { rate: 'control', polarity: 'unipolar', channels: 1 },
  envelope: true,
  continues: 'output',
  bounded: true,
  build({ attack, decay, sustain, release, curve, gate }, { before }) {
    // The server's EnvGen.kr misses the end of a segment that is no whole number of blocks: see docs/engines.md.
    // A little more than whole, so that rounding does not lose a block; the shortest time rounds to one block.
    const block = mul(ControlDur.ir(), 1 + 1e-6)
    const time = (t: Signal): Signal => binaryOp('round', t, block)
    const segment = (level: Signal, t: Signal): Signal[] => [level, time(t), curved, curve]
    // a successor starts from where it was: without an attack to the sustain level, or straight into the release
    const start = mul(before.existed, before.state)
    const peak = add(start, sub(1, before.existed))
    const [segments, releaseNode, noLoop] = [3, 2, -99]
    return EnvGen.kr(
      ...[max(gate, before.pulse), 1, 0, 1, 0, start, segments, releaseNode, noLoop],
      ...segment(peak, mul(attack, sub(1, before.existed))),
      ...segment(sustain, decay),
      ...segment(0, release),
    )
  },
})
