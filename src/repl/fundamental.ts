/** Below this the strongest repetition is no pitch: noise stays under 0.3, a plain tone reaches 1. */
const clarity = 0.8
/** Of the repetitions nearly as good as the best one the first is the period: the others are its multiples. */
const nearlyBest = 0.93
/** Of a longer sound only the beginning is compared with itself: that work grows with the square of its length. */
const longestWave = 8192
/** Quieter is silence. */
const audible = 1e-5

/**
 * The pitch of a sound in Hz: how often its wave repeats, found by comparing it with itself (McLeod's normalised square
 * difference). Undefined for what has none: silence, noise, a constant, and what repeats less than twice in it.
 *
 * @param sound one channel; of a long one the first 8192 samples count
 * @example
 * const a = Float32Array.from({ length: 4800 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 48000))
 * fundamental(a, 48000) // 440, within a cent
 */
export function fundamental(sound: Float32Array, sampleRate: number): number | undefined {
  const samples = sound.subarray(0, longestWave)
  const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length
  const wave = samples.map((x) => x - mean)
  if (!(Math.max(...extremes(wave)) > audible)) return undefined
  const longest = wave.length >> 1
  const likeness = Float64Array.from({ length: longest + 1 }, (_, lag) => likenessAt(wave, lag))
  const peaks = peaksOf(likeness)
  const best = Math.max(...peaks.map(({ height }) => height))
  const first = peaks.find(({ height }) => height >= Math.max(clarity, best * nearlyBest))
  if (first === undefined) return undefined
  // the peak after twice as long says it twice as exactly
  let period = first.lag
  for (let times = 2; period * times < longest - 1; times *= 2) {
    const near = peaks.find(({ lag }) => Math.abs(lag - period * times) < Math.max(1.5, period / 8))
    if (near === undefined || near.height < clarity) break
    period = near.lag / times
  }
  return sampleRate / period
}

function extremes(wave: Float32Array): [number, number] {
  let [low, high] = [0, 0]
  for (const x of wave) [low, high] = [Math.min(low, x), Math.max(high, x)]
  return [-low, high]
}

/** 1 where the wave, later by `lag` samples, is itself; −1 where it is its opposite. */
function likenessAt(wave: Float32Array, lag: number): number {
  let product = 0
  let energy = 0
  for (let i = lag; i < wave.length; i++) {
    const now = wave[i] as number
    const before = wave[i - lag] as number
    product += now * before
    energy += now * now + before * before
  }
  return energy > 0 ? (2 * product) / energy : 0
}

/** The highest place between each two crossings of zero, without the first one, which is at 0: a parabola through three. */
function peaksOf(likeness: Float64Array): { readonly lag: number; readonly height: number }[] {
  const peaks: { lag: number; height: number }[] = []
  const at = (lag: number): number => likeness[lag] ?? 0
  let top = 0
  let seenLow = false
  for (let lag = 1; lag < likeness.length - 1; lag++) {
    if (at(lag) <= 0) {
      if (top > 0) peaks.push(parabola(at(top - 1), at(top), at(top + 1), top))
      seenLow = true
      top = 0
    } else if (seenLow && at(lag) > at(top || lag - 1) && at(lag) >= at(lag + 1)) top = lag
  }
  if (top > 0) peaks.push(parabola(at(top - 1), at(top), at(top + 1), top))
  return peaks
}

function parabola(left: number, middle: number, right: number, lag: number): { lag: number; height: number } {
  const bend = left - 2 * middle + right
  const shift = bend < 0 ? (left - right) / (2 * bend) : 0
  return { lag: lag + shift, height: middle - ((left - right) * shift) / 4 }
}
