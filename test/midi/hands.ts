import type { NoteEvent } from '../../src/plan/index.ts'

/** Who plays: a model of what is held down, as simple as the words of `NoteEvent`. Names are `channel:note`. */
export interface Hands {
  readonly down: ReadonlySet<string>
  readonly sustained: ReadonlySet<string>
  readonly caught: ReadonlySet<string>
  readonly sustain: ReadonlySet<number>
  readonly sostenuto: ReadonlySet<number>
}

export const noHands: Hands = {
  down: new Set(),
  sustained: new Set(),
  caught: new Set(),
  sustain: new Set(),
  sostenuto: new Set(),
}

const of = (name: string): number => Number(name.split(':')[0])
const without = <T>(set: ReadonlySet<T>, drop: (item: T) => boolean): ReadonlySet<T> =>
  new Set([...set].filter((item) => !drop(item)))

/** What is held after an event. The events of a MIDI cable name a channel, except silence. */
export function afterEvent(hands: Hands, event: NoteEvent): Hands {
  if (event.kind === 'silence') return noHands
  const { channel = -1 } = event
  switch (event.kind) {
    case 'on':
      return { ...hands, down: new Set([...hands.down, `${channel}:${event.note}`]) }
    case 'off': {
      const name = `${channel}:${event.note}`
      const stays = hands.sustain.has(channel) && hands.down.has(name)
      return {
        ...hands,
        down: without(hands.down, (other) => other === name),
        sustained: stays ? new Set([...hands.sustained, name]) : hands.sustained,
      }
    }
    case 'sustain':
      if (event.down) return { ...hands, sustain: new Set([...hands.sustain, channel]) }
      return {
        ...hands,
        sustain: without(hands.sustain, (other) => other === channel),
        sustained: without(hands.sustained, (name) => of(name) === channel),
      }
    case 'sostenuto':
      if (event.down)
        return {
          ...hands,
          sostenuto: new Set([...hands.sostenuto, channel]),
          caught: new Set([...hands.caught, ...[...hands.down].filter((name) => of(name) === channel)]),
        }
      return {
        ...hands,
        sostenuto: without(hands.sostenuto, (other) => other === channel),
        caught: without(hands.caught, (name) => of(name) === channel),
      }
    default:
      return hands
  }
}

/** Names of the notes that something holds. */
export const heldBy = ({ down, sustained, caught }: Hands): string[] =>
  [...new Set([...down, ...sustained, ...caught])].toSorted()
