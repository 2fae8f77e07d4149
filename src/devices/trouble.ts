import { add, binaryOp, greater, max, mul, rateOf, sub, ugens, unaryOp, type Signal } from '../ugens/index.ts'
import type { Channels } from './define.ts'

const { CheckBadValues, DC, Impulse, Lag3, Peak, Select, Slew } = ugens

/** +48 dBFS: nothing that is meant to be heard comes near. */
const loudest = 256
/** +18 dBFS: the limit for a while after trouble. A loop runs away again as soon as it is heard; then it is soft still. */
const loudestAfterwards = 8
/** Seconds for which that is the limit. */
const wariness = 30
/** Seconds for which it must have been well before it is heard again. */
const hold = 0.5
/** Seconds of each of three poles through which it is heard again: slow enough that no low tone clicks. */
const reopening = 0.13
/** Per second: how often a peak is forgotten. It adds that much to the hold. */
const forgetting = 20
/** Per second. */
const atOnce = 1e6
const onEveryChange = 2

/** Signals that are never trouble to those who hear them. */
export interface Guarded {
  /** Silent from the first sample of a block in which one of them is in trouble. */
  readonly channels: Channels
  /** To multiply them with: it opens softly when all is well again. Control rate. */
  readonly gain: Signal
  /** Has the engine tell of it. */
  readonly effects: readonly Signal[]
}

/**
 * Mutes signals as long as one of them is no number, infinite or runs away, and has the engine say so, and when it is well
 * again. It says which synth, and the session knows which device and voice that is. Every sample is looked at, and while
 * all is well every sample passes as it is.
 */
export function guarded(channels: Channels): Guarded {
  // what is mono may be on both sides
  const moving = [...new Set(channels)].filter((channel) => typeof channel !== 'number')
  if (moving.length === 0) return { channels, gain: 1, effects: [] }
  // one trigger for all; made once a block, it lets a peak last for 50 ms
  const forget = Impulse.kr(forgetting)
  const level = moving.map((channel) => peak(channel, forget)).reduce(max)
  // only what is no number differs from itself
  const noNumber = moving.map((channel) => peak(binaryOp('ne', channel, channel), forget)).reduce(max)
  const wary = greater(Slew.kr(max(greater(level, loudest), noNumber), atOnce, 1 / wariness), 0)
  const loud = greater(level, add(loudest, mul(wary, loudestAfterwards - loudest)))
  const recently = Slew.kr(max(loud, noNumber), atOnce, 1 / hold)
  const muted = greater(recently, 0)
  const open = sub(1, muted)
  return {
    channels: channels.map((channel) => silenced(channel, muted)),
    // it rests at exactly 1, which costs next to nothing
    gain: Lag3.kr(open, reopening),
    // 1/0 is what it tells of; the number beside it says why
    effects: [CheckBadValues.kr(unaryOp('reciprocal', open), loud, onEveryChange)],
  }
}

/** The largest absolute value in a block, of what comes after the last that is no number. */
const peak = (signal: Signal, forget: Signal): Signal =>
  rateOf(signal) === 'audio' ? Peak.kr(signal, forget) : unaryOp('abs', signal)

/** Select copies: nothing of what it does not choose is heard, which a multiplication by 0 could not do. */
function silenced(signal: Signal, muted: Signal): Signal {
  if (typeof signal === 'number') return signal
  return rateOf(signal) === 'audio' ? Select.ar(muted, signal, DC.ar(0)) : Select.kr(muted, signal, 0)
}
