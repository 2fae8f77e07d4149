import type { NoteEvent, NoteId } from '../plan/index.ts'
import { float, int, type OscArg, type OscMessage } from '../scsynth/index.ts'

/** A whole number as such, every other as a float: its note is kept to within 0.001 cent. */
const number = (value: number): OscArg =>
  Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? int(value) : float(value)
const nameOf = (id: NoteId | undefined): OscArg[] =>
  id === undefined ? [] : [typeof id === 'string' ? id : number(id)]

const prefixOf = (channel: number | undefined): string => (channel === undefined ? '' : `/channel/${channel}`)

/**
 * What is played, as the OSC message that Megasynth itself understands. A note without an id of its own is `/note`, in which
 * a velocity of 0 ends it, as most programs have it.
 *
 * @param part channel 1..16 of what is played without one. Default: it goes out without
 * @example
 * messageOf({ kind: 'on', note: 60, velocity: 0.5 }) // { address: '/note', args: [{ int: 60 }, { float: 0.5 }] }
 */
export function messageOf(event: NoteEvent, part?: number): OscMessage {
  const own = 'channel' in event && event.channel !== undefined ? event.channel + 1 : undefined
  const prefix = prefixOf(own ?? part)
  const message = (address: string, ...args: OscArg[]): OscMessage => ({ address: prefix + address, args })
  switch (event.kind) {
    case 'on': {
      // what is struck without any force is no end of a note
      const velocity = float(Math.max(event.velocity, softest))
      if (event.id === undefined) return message('/note', number(event.note), velocity)
      return message('/note/on', number(event.note), velocity, ...nameOf(event.id))
    }
    case 'off':
      if (event.id === undefined) return message('/note', number(event.note), float(0))
      return message('/note/off', number(event.note), ...nameOf(event.id))
    case 'bend':
      return message('/bend', float(event.semitones))
    case 'pressure': {
      const note = event.note === undefined ? [] : [number(event.note)]
      return message('/pressure', float(event.value), ...note)
    }
    case 'timbre':
      return message('/timbre', float(event.value))
    case 'sustain':
    case 'sostenuto':
      return message(`/${event.kind}`, int(Number(event.down)))
    case 'allOff':
      return message('/notes/off')
    case 'silence':
      return message('/silence')
  }
}

const softest = 1e-6

/**
 * Has whoever receives it fall silent, and forget what it was told for a time to come.
 *
 * @param part channel 1..16 of the patch that is meant, where several play together
 */
export const panicMessage = (part?: number): OscMessage => ({ address: `${prefixOf(part)}/panic`, args: [] })

/**
 * A knob's position 0..1 as an OSC message.
 *
 * @param part channel 1..16 of the patch that it belongs to, where several play together
 */
export const knobMessage = (name: string, position: number, part?: number): OscMessage => ({
  address: `${prefixOf(part)}/knob/${name}`,
  args: [float(position)],
})
