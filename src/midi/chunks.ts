import { fail, show } from '../errors/index.ts'

/** The largest MIDI file that is read, in bytes. */
export const maxMidiBytes = 16 * 2 ** 20

/** The most notes that are read from one MIDI file. */
const maxMidiNotes = 1_000_000

// @tonejs/midi compares the note-ons of a channel with its note-offs one by one, and notes with tempo changes: a file
// of 200 kB can keep it busy for hours. This many comparisons take seconds (30,000 notes in one channel of a track).
const maxComparisons = 1e9

/** The sustain pedal (controller 64) of a channel goes down or up. */
export interface PedalChange {
  readonly tick: number
  /** 0..15. */
  readonly channel: number
  readonly down: boolean
}

/** A note that is never let go; @tonejs/midi leaves it out. */
export interface EndlessNote {
  readonly tick: number
  /** 0..15. */
  readonly channel: number
  /** 0..127. */
  readonly note: number
  /** 1..127. */
  readonly velocity: number
}

/** A MIDI file whose every byte has been seen to be where it belongs. */
export interface CheckedMidi {
  /** The file in the form that @tonejs/midi reads right. */
  readonly bytes: Uint8Array
  /** In the order of time. */
  readonly pedals: readonly PedalChange[]
  /** In no particular order. */
  readonly endless: readonly EndlessNote[]
  /** The tick of the last event. */
  readonly end: number
}

const meta = { tempo: 0x51, endOfTrack: 0x2f, ignored: 0x7f }
const sustain = 64
const pedalDown = 64

/** What happens to one key of one channel in a track, each list in the order of time. */
interface Key {
  readonly ons: EndlessNote[]
  /** Ticks. */
  readonly offs: number[]
}

/** The notes to which @tonejs/midi finds no end: it gives each in turn the first note-off left that is no earlier. */
function endlessOf({ ons, offs }: Key): EndlessNote[] {
  let next = 0
  return ons.filter(({ tick }) => {
    while ((offs[next] ?? Infinity) < tick) next++
    return next++ >= offs.length
  })
}

/**
 * Checks the frame of a standard MIDI file, chunk by chunk and event by event, since @tonejs/midi reads over the end of
 * what is cut short and takes any byte for a note. The result is a copy without what it stumbles over: other chunks than tracks,
 * texts, and program changes, at which it forgets the notes that are held.
 *
 * @param place what the file is called in errors
 * @throws MegasynthError `invalid-midi`, or `too-large` past a limit
 */
export function checkMidi(file: Uint8Array, place: string): CheckedMidi {
  const invalid = (message: string, found: string, expected: string, suggestion?: string): never =>
    fail({
      code: 'invalid-midi',
      path: place,
      message,
      found,
      expected,
      ...(suggestion === undefined ? {} : { suggestion }),
    })
  const limit = (message: string, found: string, expected: string): never =>
    fail({
      code: 'too-large',
      path: place,
      message,
      found,
      expected,
      suggestion: 'split it into several files',
    })

  // a caller in JavaScript may have the name of the file in hand, or an ArrayBuffer
  if (!(file instanceof Uint8Array))
    invalid('is not the bytes of a file', show(file), 'a Uint8Array', 'read the file: await readFile(path)')
  if (file.length > maxMidiBytes)
    limit('the MIDI file is too large', `${file.length} bytes`, `at most ${maxMidiBytes} bytes`)
  // not `file.slice()`: of a Buffer that is a view, and at another offset
  const copy = new Uint8Array(file)
  const view = new DataView(copy.buffer)
  const name = (at: number): string => String.fromCharCode(...copy.subarray(at, at + 4))
  if (file.length < 14 || name(0) !== 'MThd')
    invalid('is not a MIDI file', JSON.stringify(name(0)), 'a file that begins with "MThd"')
  const header = view.getUint32(4)
  if (header !== 6) invalid('has a header of the wrong length', `${header} bytes`, '6 bytes')
  const format = view.getUint16(8)
  if (format > 1)
    invalid(
      'has a format that is not played',
      `format ${format}`,
      'format 0 or 1',
      'save it as format 0 or 1',
    )
  const declared = view.getUint16(10)
  if (declared === 0) invalid('has no track', '0 tracks', 'at least one')
  const division = view.getUint16(12)
  if (division >= 0x8000)
    invalid(
      'counts time in SMPTE frames',
      `division ${division}`,
      'ticks per quarter note',
      'save it with ticks per quarter note (PPQ)',
    )
  if (division === 0) invalid('has no ticks per quarter note', '0', '1..32767')
  // In format 1 the library drops a first track of zero length, pedals included.
  view.setUint16(8, 0)

  const tracks: Uint8Array[] = []
  const pedals: PedalChange[] = []
  const endless: EndlessNote[] = []
  let end = 0
  let notes = 0
  let tempos = 0
  let comparisons = 0

  function readTrack(start: number, stop: number): void {
    let at = start
    let tick = 0
    let running = 0
    const ons = new Uint32Array(16)
    const offs = new Uint32Array(16)
    const keys = new Map<number, Key>()
    const keyOf = (channel: number, note: number): Key => {
      const known = keys.get(channel * 128 + note)
      const key = known ?? { ons: [], offs: [] }
      if (known === undefined) keys.set(channel * 128 + note, key)
      return key
    }
    const byte = (): number =>
      at < stop
        ? (copy[at++] ?? 0)
        : invalid(
            `track ${tracks.length + 1} ends within an event`,
            `its end at byte ${stop}`,
            'a whole event',
          )
    const data = (): number => {
      const value = byte()
      return value < 128
        ? value
        : invalid('has a wrong byte', `${value} at byte ${at - 1}`, 'a data byte, 0..127')
    }
    const length = (): number => {
      let value = 0
      for (let i = 0; i < 4; i++) {
        const next = byte()
        value = value * 128 + (next & 127)
        if (next < 128) return value
      }
      return invalid('has a wrong length', `more than 4 bytes at byte ${at - 4}`, 'at most 4 bytes')
    }
    const skip = (count: number): void => {
      if (at + count > stop)
        invalid(
          `track ${tracks.length + 1} ends within an event`,
          `${count} bytes at byte ${at}`,
          `${stop - at} bytes`,
        )
      at += count
    }
    while (at < stop) {
      tick += length()
      let status = byte()
      if (status === 0xff) {
        const type = byte()
        if (type === meta.tempo) tempos++
        else if (type !== meta.endOfTrack) copy[at - 1] = meta.ignored
        skip(length())
      } else if (status === 0xf0 || status === 0xf7) skip(length())
      else if (status > 0xf0)
        invalid('has a wrong byte', `${status} at byte ${at - 1}`, 'a channel event, a meta event or a SysEx')
      else {
        if (status < 128) {
          at--
          status = running
          if (running === 0)
            invalid('has a wrong byte', `${copy[at]} at byte ${at}`, 'a status byte, 128..255')
        }
        running = status
        const kind = status >> 4
        const channel = status & 15
        const first = data()
        const second = kind === 0xc || kind === 0xd ? 0 : data()
        if (kind === 0x9 && second > 0) {
          ons[channel]!++
          if (notes + ons[channel]! <= maxMidiNotes)
            keyOf(channel, first).ons.push({ tick, channel, note: first, velocity: second })
        } else if (kind === 0x9 || kind === 0x8) {
          offs[channel]!++
          keyOf(channel, first).offs.push(tick)
        } else if (kind === 0xb && first === sustain)
          pedals.push({ tick, channel, down: second >= pedalDown })
        else if (kind === 0xc) copy[at - 1] = 0
      }
    }
    end = Math.max(end, tick)
    for (const key of keys.values()) for (const note of endlessOf(key)) endless.push(note)
    ons.forEach((count, channel) => {
      notes += count
      comparisons += count * (offs[channel] ?? 0)
    })
  }

  let at = 14
  while (tracks.length < declared) {
    if (at + 8 > file.length)
      invalid('is cut short', `${tracks.length} whole tracks`, `${declared}, as its header says`)
    const size = view.getUint32(at + 4)
    const stop = at + 8 + size
    if (stop > file.length)
      invalid(
        'is cut short',
        `a chunk ${JSON.stringify(name(at))} of ${size} bytes at byte ${at}, with ${file.length - at - 8} left`,
        'whole chunks',
      )
    if (name(at) === 'MTrk') {
      readTrack(at + 8, stop)
      tracks.push(copy.subarray(at, stop))
    }
    at = stop
  }
  if (notes > maxMidiNotes) limit('has too many notes', `${notes}`, `at most ${maxMidiNotes}`)
  if (comparisons + notes * tempos > maxComparisons)
    limit(
      'has too many notes in one channel of a track, or tempo changes',
      `${notes} notes, ${tempos} tempo changes`,
      'at most some 30,000 notes in one channel of a track',
    )

  const bytes = new Uint8Array(14 + tracks.reduce((sum, track) => sum + track.length, 0))
  bytes.set(copy.subarray(0, 14))
  let to = 14
  for (const track of tracks) {
    bytes.set(track, to)
    to += track.length
  }
  return { bytes, pedals: pedals.toSorted((a, b) => a.tick - b.tick), endless, end }
}
