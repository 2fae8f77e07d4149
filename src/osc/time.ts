/** Seconds from 1900, where the time of NTP begins, to 1970. */
const from1900 = 2_208_988_800
/** Seconds in one era of NTP: the first ends in 2036. */
const era = 2 ** 32

/** An OSC time tag as seconds since 1970. Tags of the first half of an era belong to the one that begins in 2036. */
export function secondsOf(timeTag: bigint): number {
  const seconds = Number(timeTag >> 32n)
  const fraction = Number(timeTag & 0xffff_ffffn) / era
  return seconds + (seconds < era / 2 ? era : 0) - from1900 + fraction
}

/** Seconds since 1970 (until 2104) as an OSC time tag, exact to a microsecond. */
export function timeTagOf(seconds: number): bigint {
  const whole = Math.floor(seconds)
  const fraction = BigInt(Math.floor((seconds - whole) * era))
  return (BigInt((whole + from1900) % era) << 32n) | fraction
}
