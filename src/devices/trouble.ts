import { add, clip2, mul, rateOf, ugens, type Signal } from '../ugens/index.ts'
import type { Channels } from './define.ts'

const { A2K, CheckBadValues, Sanitize } = ugens

/** +50 dBFS. */
const loudest = 340
/** More than that times this is beyond what a float can hold: so it is reported as infinite. */
const runaway = 1e36
const onEveryChange = 2

/**
 * Has the engine say when a signal is no number, infinite or runs away, and when it is well again; looks once a block. It
 * says which synth, and the session knows which device and voice that is.
 */
export function watchForTrouble(channels: Channels): Signal {
  const slow = channels.map((channel) => (rateOf(channel) === 'audio' ? A2K.kr(channel) : channel))
  return CheckBadValues.kr(mul(add(0, ...slow), runaway), 0, onEveryChange)
}

/** Silence for what is no number, and a limit far beyond use. */
export function onlySound(signal: Signal): Signal {
  const rate = rateOf(signal)
  if (rate === 'scalar') return signal
  return clip2(rate === 'audio' ? Sanitize.ar(signal, 0) : Sanitize.kr(signal, 0), loudest)
}
