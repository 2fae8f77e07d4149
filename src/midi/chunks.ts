import { fail, show } from '../errors/index.ts'

/** The largest MIDI file that is read, in bytes. */
export const maxMidiBytes = 16 * 2 ** 20

/** The frame of a standard MIDI file. */
export interface MidiChunks {
  /** Ticks per quarter note. */
  readonly division: number
  /** What is in each track. */
  readonly tracks: readonly MidiTrack[]
}

/** The bytes of a track, and where in the file they are. */
export interface MidiTrack {
  readonly bytes: Uint8Array
  readonly start: number
}

/**
 * Finds the tracks of a standard MIDI file; other chunks are passed over.
 *
 * @param place what the file is called in errors
 * @throws MegasynthError `invalid-midi`, or `too-large` past a limit
 */
export function midiChunks(file: Uint8Array, place: string): MidiChunks {
  const invalid = (message: string, found: string, expected: string, suggestion?: string): never =>
    fail({
      code: 'invalid-midi',
      path: place,
      message,
      found,
      expected,
      ...(suggestion !== undefined && { suggestion }),
    })
  // a caller in JavaScript may have the name of the file in hand, or an ArrayBuffer
  if (!(file instanceof Uint8Array))
    invalid('is not the bytes of a file', show(file), 'a Uint8Array', 'read the file: await readFile(path)')
  if (file.length > maxMidiBytes)
    fail({
      code: 'too-large',
      path: place,
      message: 'the MIDI file is too large',
      found: `${file.length} bytes`,
      expected: `at most ${maxMidiBytes} bytes`,
      suggestion: 'split it into several files',
    })
  const view = new DataView(file.buffer, file.byteOffset, file.length)
  const name = (at: number): string => String.fromCharCode(...file.subarray(at, at + 4))
  if (file.length < 14 || name(0) !== 'MThd')
    invalid('is not a MIDI file', show(name(0)), 'a file that begins with "MThd"')
  const header = view.getUint32(4)
  // what a longer one says beyond that is for later versions of the standard, and is to be passed over
  if (header < 6 || 8 + header > file.length)
    invalid('has a header of the wrong length', `${header} bytes`, `6..${file.length - 8} bytes`)
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

  const tracks: MidiTrack[] = []
  for (let at = 8 + header; tracks.length < declared;) {
    if (at + 8 > file.length)
      invalid('is cut short', `${tracks.length} whole tracks`, `${declared}, as its header says`)
    const start = at + 8
    const size = view.getUint32(at + 4)
    if (start + size > file.length)
      invalid(
        'is cut short',
        `a chunk ${show(name(at))} of ${size} bytes at byte ${at}, with ${file.length - start} left`,
        'whole chunks',
      )
    if (name(at) === 'MTrk') tracks.push({ bytes: file.subarray(start, start + size), start })
    at = start + size
  }
  return { division, tracks }
}
