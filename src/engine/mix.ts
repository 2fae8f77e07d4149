/**
 * One side of the sum of stereo pairs.
 *
 * @param channels left and right of each pair
 * @param gains a factor for each pair
 * @param side 0: left, 1: right
 */
export function mixed(
  channels: readonly Float32Array[],
  gains: readonly number[],
  side: number,
): Float32Array {
  const total = new Float32Array(channels[side]?.length ?? 0)
  for (const [i, gain] of gains.entries()) {
    const channel = channels[2 * i + side] ?? total
    for (let frame = 0; frame < total.length; frame++)
      total[frame] = (total[frame] ?? 0) + gain * (channel[frame] ?? 0)
  }
  return total
}
