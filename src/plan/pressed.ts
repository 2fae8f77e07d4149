import type { NoteEvent, NoteId } from './note-event.ts'

/** A note that was struck and has not ended: its key is down, or a pedal holds it. */
export interface Pressed {
  readonly id: NoteId
  readonly channel: number | undefined
  readonly note: number
  /** 0..1. */
  readonly velocity: number
  /** The key itself is down. */
  readonly down: boolean
  /** It was down when the sostenuto pedal went down, and is held until that comes up. */
  readonly caught: boolean
}

/** A pedal: down for all notes, or for those of some channels. */
interface Pedal {
  readonly all: boolean
  readonly channels: readonly number[]
}

/** What is held down: keys in the order in which they were struck, and pedals. */
export interface Pressing {
  readonly keys: readonly Pressed[]
  readonly sustain: Pedal
  readonly sostenuto: Pedal
}

const up: Pedal = { all: false, channels: [] }
/** Nothing is held down. */
export const hands: Pressing = { keys: [], sustain: up, sostenuto: up }

/** Whether an event with this channel concerns a note with that one. */
export const concerns = (event: number | undefined, note: number | undefined): boolean =>
  event === undefined || event === note

const isDown = ({ all, channels }: Pedal, channel: number | undefined): boolean =>
  all || (channel !== undefined && channels.includes(channel))

function moved(pedal: Pedal, down: boolean, channel: number | undefined): Pedal {
  if (channel === undefined) return down ? { ...pedal, all: true } : up
  const others = pedal.channels.filter((other) => other !== channel)
  return { ...pedal, channels: down ? [...others, channel] : others }
}

/** What keys and pedals are after an event. */
export function pressing(before: Pressing, event: NoteEvent): Pressing {
  switch (event.kind) {
    case 'on': {
      const { keys } = before
      const at = keys.findLastIndex((key) => isSame(key, event))
      const old = keys[at]
      // what the sostenuto pedal has caught it goes on holding, as on a piano
      const caught = old?.caught === true && old.note === event.note
      return { ...before, keys: [...(old ? keys.toSpliced(at, 1) : keys), pressed(event, caught)] }
    }
    case 'off':
      return lifted(before, event)
    case 'sustain':
      return ended({ ...before, sustain: moved(before.sustain, event.down, event.channel) })
    case 'sostenuto':
      return sostenuto(before, event)
    case 'allOff': {
      const { channel } = event
      return ended({
        keys: before.keys.filter((key) => !concerns(channel, key.channel)),
        sustain: moved(before.sustain, false, channel),
        sostenuto: moved(before.sostenuto, false, channel),
      })
    }
    case 'silence':
      return hands
    default:
      return before
  }
}

/** So many keys are remembered: more than all voices hold, and than hands and pedals do, so that notes without an end cost no time. */
const most = 1024

/**
 * Forgets the key that was struck longest ago, if there are too many: one that holds no voice, or that is not the only one to hold it.
 *
 * @param voices those that play
 */
export function remembered(
  state: Pressing,
  voices: readonly (Pick<Pressed, 'note' | 'channel'> & { readonly held: boolean })[],
): Pressing {
  const { keys } = state
  if (keys.length <= most) return state
  const needed = new Set(voices.map((voice) => (voice.held ? keyOf(keys, voice) : -1)))
  const at = keys.findIndex((_, index) => !needed.has(index))
  return at < 0 ? state : { ...state, keys: keys.toSpliced(at, 1) }
}

/** Index of the newest key of a note, −1 for none. From the end: those that play are mostly new. */
export const keyOf = (
  keys: readonly Pressed[],
  { note, channel }: Pick<Pressed, 'note' | 'channel'>,
): number => keys.findLastIndex((key) => key.note === note && key.channel === channel)

type KeyEvent = Extract<NoteEvent, { kind: 'on' | 'off' }>

const isSame = (key: Pressed, { id, note, channel }: KeyEvent): boolean =>
  key.id === (id ?? note) && key.channel === channel

const pressed = (
  { note, velocity, id = note, channel }: Extract<NoteEvent, { kind: 'on' }>,
  caught: boolean,
): Pressed => ({ id, channel, note, velocity, down: true, caught })

function lifted(before: Pressing, event: Extract<NoteEvent, { kind: 'off' }>): Pressing {
  const { keys, sustain } = before
  // from the end: most notes end soon
  const at = keys.findLastIndex((key) => isSame(key, event))
  const key = keys[at]
  if (key === undefined) return before
  const stays = key.caught || isDown(sustain, key.channel)
  return { ...before, keys: stays ? keys.with(at, { ...key, down: false }) : keys.toSpliced(at, 1) }
}

function sostenuto(before: Pressing, { down, channel }: Extract<NoteEvent, { kind: 'sostenuto' }>): Pressing {
  const pedal = moved(before.sostenuto, down, channel)
  // only what is down as it goes down is caught
  const catches = (key: Pressed): boolean =>
    key.down && isDown(pedal, key.channel) && !isDown(before.sostenuto, key.channel)
  return ended({
    ...before,
    sostenuto: pedal,
    keys: before.keys.map((key) => (catches(key) ? { ...key, caught: true } : key)),
  })
}

/** Without the notes that neither a key nor a pedal holds any more. */
function ended(state: Pressing): Pressing {
  const keys = state.keys
    .map((key) => (key.caught && !isDown(state.sostenuto, key.channel) ? { ...key, caught: false } : key))
    .filter(({ down, caught, channel }) => down || caught || isDown(state.sustain, channel))
  return { ...state, keys }
}
