import { extname, join } from 'node:path'
import { fail, show } from '../errors/index.ts'
import { quoted } from '../repl/quoted.ts'
import { placeOf, type Place } from './files.ts'

/** What a file that is recorded is called. */
export interface RecordingKind {
  /** `WAV`, `MIDI`. */
  readonly kind: string
  /** How its name may end, the usual way first: `.wav`. */
  readonly types: readonly [string, ...string[]]
  /** A name for who has none: `take.wav`. */
  readonly name: string
}

/**
 * The place of a file that is to be recorded: its name says what it is, so that no other file is replaced by a slip.
 *
 * @param asked the flag that names it, or the function of the prompt: `--record`, `record`
 * @throws MegasynthError `invalid-option` for a name that no such file should have
 */
export function recordingPlace(
  cwd: string,
  asked: string,
  written: string,
  { kind, types, name }: RecordingKind,
): Place {
  const type = extname(written)
  if (types.includes(type.toLowerCase())) return placeOf(cwd, written)
  const toStdout = written === '-'
  const isFolder = /(^|[\\/])\.{0,2}$/.test(written)
  const bare = written.slice(0, written.length - type.length)
  const better = toStdout ? name : isFolder ? join(written, name) : `${bare}${types[0]}`
  return fail({
    code: 'invalid-option',
    path: asked,
    message: toStdout
      ? `cannot be standard output: ${kind} files are written to a file`
      : `names no ${kind} file`,
    found: show(written),
    expected: `a name that ends in ${types.join(' or ')}`,
    suggestion: asked.startsWith('--') ? `write ${asked} ${better}` : `${asked}(${quoted(better)})`,
  })
}
