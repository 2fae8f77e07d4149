import { out, standard } from '../../src/devices/index.ts'
import { parsePatch, type Patch } from '../../src/patch/index.ts'
import { pictureOf, type Picture } from '../../src/picture/index.ts'

/** The picture of a patch that is valid. */
export const drawn = (patch: Patch): Picture => pictureOf(parsePatch(patch, standard, out), standard)
