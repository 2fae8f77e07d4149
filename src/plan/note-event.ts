/** Names a note, so that overlapping equal notes end rightly. */
export type NoteId = string | number

/**
 * What is played. Notes are MIDI notes (fractions are microtones); velocity, pressure and timbre are 0..1; bend is in
 * semitones. `channel` is 0..15: an event with one concerns only notes that were struck with it (MPE: one note a
 * channel), one without concerns all notes. With `keysDown`, notes whose keys are up keep the bend, pressure and timbre that they
 * have: the channel belongs to another note by then.
 */
export type NoteEvent =
  | {
      readonly kind: 'on'
      readonly note: number
      readonly velocity: number
      /** Default: the note number, within its channel. */
      readonly id?: NoteId
      readonly channel?: number
    }
  | { readonly kind: 'off'; readonly note: number; readonly id?: NoteId; readonly channel?: number }
  | { readonly kind: 'bend'; readonly semitones: number; readonly channel?: number; readonly keysDown?: true }
  /** Of a channel; with `note`, of one key (poly pressure). */
  | {
      readonly kind: 'pressure'
      readonly value: number
      readonly channel?: number
      readonly note?: number
      readonly keysDown?: true
    }
  | { readonly kind: 'timbre'; readonly value: number; readonly channel?: number; readonly keysDown?: true }
  | { readonly kind: 'sustain'; readonly down: boolean; readonly channel?: number }
  | { readonly kind: 'sostenuto'; readonly down: boolean; readonly channel?: number }
  /** Releases every key and lifts the pedals: releases ring. */
  | { readonly kind: 'allOff'; readonly channel?: number }
  /** All sound off: every voice fades at once, whatever its release. */
  | { readonly kind: 'silence' }
