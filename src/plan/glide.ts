import type { ParsedVoices } from '../patch/voice-policy.ts'

/** A pitch on its way in a straight line of semitones. */
export interface Glide {
  /** Semitones. */
  readonly from: number
  readonly to: number
  /** Seconds at which it begins and at which it is there. */
  readonly start: number
  readonly end: number
}

/** A pitch that stays. */
export const steady = (pitch: number): Glide => ({ from: pitch, to: pitch, start: 0, end: 0 })

/** Semitones at a time in seconds. */
export function pitchAt({ from, to, start, end }: Glide, now: number): number {
  return now >= end ? to : from + ((to - from) * Math.max(0, now - start)) / (end - start)
}

/** From one pitch to another, as a patch wants it. */
export function glideTo(from: number, to: number, now: number, { time, per }: ParsedVoices['glide']): Glide {
  const seconds = per === 'octave' ? (time * Math.abs(to - from)) / 12 : time
  return { from, to, start: now, end: now + seconds }
}
