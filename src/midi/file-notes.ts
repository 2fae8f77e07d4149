import type { ChannelMessage } from './message.ts'

/** A message of a file, its time counted in ticks. */
export interface FileEvent {
  readonly tick: number
  readonly message: ChannelMessage
  /** Of a note-on and its note-off: which note it is. Above 127, where no key is. */
  readonly id?: number
  /** Of a note-off: the tick at which its note began. */
  readonly since?: number
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

const keyOf = ({ message }: FileEvent): number =>
  message.kind === 'noteOn' || message.kind === 'noteOff' ? message.channel * 128 + message.note : -1

/** Notes that have begun and not ended, by channel and key, the first first. Taking one out costs the same however many there are. */
class NoteQueues {
  readonly #queues = new Map<number, { readonly notes: FileEvent[]; first: number }>()

  begin(on: FileEvent): void {
    const queue = this.#queues.get(keyOf(on))
    if (queue) queue.notes.push(on)
    else this.#queues.set(keyOf(on), { notes: [on], first: 0 })
  }

  /** The first that began of those that a note-off may end, which it does. */
  end(off: Writable<FileEvent>): boolean {
    const queue = this.#queues.get(keyOf(off))
    const on = queue?.notes[queue.first]
    if (queue === undefined || on === undefined) return false
    queue.first++
    off.id = on.id as number
    off.since = on.tick
    return true
  }

  /** Takes out all that are left. */
  take(): FileEvent[] {
    const left = [...this.#queues.values()].flatMap(({ notes, first }) => notes.slice(first))
    this.#queues.clear()
    return left
  }
}

/**
 * The events of a file, track by track, and which note each note-off ends: of equal notes that overlap in a track the first
 * that began. What ends nothing in its own track ends a note of another one that never ends in its own.
 */
export class FileNotes {
  readonly #events: FileEvent[] = []
  readonly #open = new NoteQueues()
  /** Of tracks that were read: notes without an end, and ends without a note. */
  readonly #endless: FileEvent[] = []
  readonly #strays: Writable<FileEvent>[] = []
  #lastId = 127

  get size(): number {
    return this.#events.length
  }

  add(tick: number, message: ChannelMessage): void {
    if (message.kind === 'noteOn') {
      const on = { tick, message, id: ++this.#lastId }
      this.#events.push(on)
      this.#open.begin(on)
    } else {
      const event: FileEvent = { tick, message }
      this.#events.push(event)
      if (message.kind === 'noteOff' && !this.#open.end(event)) this.#strays.push(event)
    }
  }

  endTrack(): void {
    for (const note of this.#open.take()) this.#endless.push(note)
  }

  /** All tracks are read: every note has its end, at last in this tick. @returns events in the order of the file */
  ended(tick: number): readonly FileEvent[] {
    const begun = this.#endless.toSorted((a, b) => a.tick - b.tick)
    let next = 0
    for (const off of this.#strays.toSorted((a, b) => a.tick - b.tick)) {
      // it may be there to be sure that nothing sounds: a note that begins in the same tick is not meant
      for (let on = begun[next]; on !== undefined && on.tick < off.tick; on = begun[++next])
        this.#open.begin(on)
      this.#open.end(off)
    }
    const last = [...this.#open.take(), ...begun.slice(next)].map((on): FileEvent => {
      const { channel, note } = on.message as Extract<ChannelMessage, { kind: 'noteOn' }>
      const message = { kind: 'noteOff', channel, note, velocity: 64 } as const
      return { tick, message, id: on.id as number, since: on.tick }
    })
    const events = this.#events.filter(({ message, id }) => message.kind !== 'noteOff' || id !== undefined)
    return [...events, ...last]
  }
}
