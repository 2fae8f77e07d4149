import type { ParsedVoices } from '../patch/voice-policy.ts'

/** A value on its way: a pitch in a straight line of semitones, a velocity gently. */
export interface Glide {
  readonly from: number
  readonly to: number
  /** Seconds at which it begins and at which it is there. */
  readonly start: number
  readonly end: number
}

/** What stays. */
export const steady = (value: number): Glide => ({ from: value, to: value, start: 0, end: 0 })

/** Semitones at a time in seconds. */
export function pitchAt({ from, to, start, end }: Glide, now: number): number {
  return now >= end ? to : from + ((to - from) * Math.max(0, now - start)) / (end - start)
}

/**
 * Seconds in which a note that is struck again while it sounds goes over to its new velocity: a step would be a click. In half
 * the time a low tone would still click.
 */
const easing = 0.04

/** From one velocity to another, in a sound that goes on. */
export const easeTo = (from: number, to: number, now: number): Glide =>
  from === to ? steady(to) : { from, to, start: now, end: now + easing }

/** A velocity at a time in seconds: it leaves and arrives gently. */
export function easedAt({ from, to, start, end }: Glide, now: number): number {
  if (now >= end) return to
  const x = Math.max(0, now - start) / (end - start)
  return from + (to - from) * x * x * (3 - 2 * x)
}

/** From one pitch to another, as a patch wants it. */
export function glideTo(from: number, to: number, now: number, { time, per }: ParsedVoices['glide']): Glide {
  const seconds = per === 'octave' ? (time * Math.abs(to - from)) / 12 : time
  return { from, to, start: now, end: now + seconds }
}
