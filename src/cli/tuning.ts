import { Option } from 'commander'
import { limits, tuningFromScala, type Tuning } from '../patch/index.ts'
import { placeOf, readBytes } from './files.ts'

/** Scala files, as the command line names them. */
export interface TuningFlags {
  readonly tuning?: string
  readonly keyboard?: string
}

/** `--tuning scale.scl` */
export const tuningFlag = (): Option =>
  new Option('--tuning <file>', 'tune to a Scala scale (.scl), not as the patch says')

/** `--keyboard map.kbm` */
export const keyboardFlag = (): Option =>
  new Option('--keyboard <file>', 'map the scale to the keys by a Scala keyboard mapping (.kbm)')

/**
 * The tuning that the flags ask for, instead of that of the patch; undefined without flags.
 *
 * @throws MegasynthError `unreadable-file`, `invalid-tuning` with every line that is wrong, `too-large`
 */
export function openTuning(cwd: string, { tuning, keyboard }: TuningFlags): Tuning | undefined {
  if (tuning === undefined && keyboard === undefined) return undefined
  const text = (file: string | undefined, expected: string): string | undefined =>
    file === undefined ? undefined : decoded(readBytes(placeOf(cwd, file), expected, limits.tuningText))
  return tuningFromScala(text(tuning, 'a Scala scale'), text(keyboard, 'a Scala keyboard mapping'), {
    ...(tuning !== undefined && { scale: tuning }),
    ...(keyboard !== undefined && { keyboard }),
  })
}

/** Scala files are in ASCII or Latin-1; many are in UTF-8 nowadays. */
function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('latin1').decode(bytes)
  }
}
