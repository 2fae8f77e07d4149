import { amplifier } from './amplifier.ts'
import { delay } from './delay.ts'
import { envelope } from './envelope.ts'
import { filter } from './filter.ts'
import { lfo } from './lfo.ts'
import { mixer } from './mixer.ts'
import { noise } from './noise.ts'
import { oscillator } from './oscillator.ts'
import { pan } from './pan.ts'
import { reverb } from './reverb.ts'

/** The device types that come with Megasynth. A catalogue is a plain value: spread it to add your own. */
export const standard = { oscillator, noise, lfo, envelope, filter, amplifier, mixer, pan, delay, reverb }

export type StandardCatalogue = typeof standard
