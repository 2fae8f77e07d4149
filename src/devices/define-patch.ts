import type { Catalogue, Patch, TypedPatch } from '../patch/index.ts'
import type { out } from './out.ts'
import type { StandardCatalogue } from './standard.ts'

/**
 * A patch that the compiler checks as it is written: device types, ports, options and the names in connections are
 * completed by the editor, and an unknown one is a type error on its line. At run time it is the same object; it is
 * validated as a whole when it is used.
 *
 * @param patch `{ name?, voices? (8), tempo? (120), knobs?, devices, connections? }`; see {@link Patch}
 * @param _catalogue the device types that it may use. Default: {@link standard}; only its type counts here
 * @example
 * export default definePatch({
 *   knobs: { volume: 0.5 },
 *   devices: { oscillator0: { type: 'oscillator', waveform: 'saw' } },
 *   connections: [['volume', 'oscillator0.amplitude'], ['oscillator0', 'out']],
 * })
 */
export function definePatch<
  const K extends Readonly<Record<string, unknown>> = Record<never, never>,
  const D extends Readonly<Record<string, unknown>> = Record<never, never>,
  C extends Catalogue = StandardCatalogue,
>(patch: TypedPatch<K, D, C, typeof out>, _catalogue?: C): Patch {
  return patch as Patch
}
