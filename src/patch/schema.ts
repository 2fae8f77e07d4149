import { z } from 'zod'
import { limits } from './limits.ts'
import { intervalPattern } from './tuning.ts'
import { namePattern } from './names.ts'
import {
  clockNames,
  keyNames,
  maxNumberedPort,
  type Catalogue,
  type DeviceInfo,
  type Option,
  type Port,
} from './ports.ts'
import { glidePers, glideWhens, priorities, steals } from './voice-policy.ts'

// The error text of every schema is what is expected there ("a number 0..1"): issues.ts makes problems of it.

const number = (min: number, max: number, expected: string) =>
  z.number({ error: expected }).min(min, { error: expected }).max(max, { error: expected })
const whole = (min: number, max: number, expected: string) =>
  z.int({ error: expected }).min(min, { error: expected }).max(max, { error: expected })
const text = (expected: string) => z.string({ error: expected }).max(limits.textLength, { error: expected })
const flag = (expected: string) => z.boolean({ error: expected })
const oneOf = (names: readonly string[]) => z.enum([...names], { error: `one of ${names.join(', ')}` })

const label = text(`a text of at most ${limits.textLength} characters`)
const position = number(0, 1, 'a position 0..1')
const end = number(-limits.rangeEnd, limits.rangeEnd, `a number −${limits.rangeEnd}..${limits.rangeEnd}`)

const knobShape = {
  value: position.describe('Position 0..1.'),
  range: z
    .tuple([end, end], { error: 'two numbers: [low, high]' })
    .optional()
    .describe('What the knob sweeps, in the unit of each port it feeds. Default: min..max of the port.'),
  scale: oneOf(['linear', 'exponential', 'pitch'])
    .optional()
    .describe('How the knob sweeps its range. Default: the scale of the port.'),
  unit: label.optional().describe('Unit in which the knob is shown.'),
  label: label.optional().describe('What the knob is called on screen.'),
  midi: z
    .strictObject(
      {
        cc: whole(0, 119, 'a controller number 0..119').optional().describe('MIDI controller 0..119.'),
        cc14: whole(0, 31, 'a controller number 0..31')
          .optional()
          .describe('MIDI controller 0..31 in 14 bits, the finer part as controller 32..63.'),
        nrpn: whole(0, 16382, 'a parameter number 0..16382')
          .optional()
          .describe('Non-registered MIDI parameter 0..16382.'),
        channel: whole(1, 16, 'a MIDI channel 1..16')
          .optional()
          .describe('MIDI channel 1..16. Default: any.'),
        relative: oneOf(['twosComplement', 'signMagnitude', 'offset64'])
          .optional()
          .describe('Only with cc: an encoder without end, and how it writes its steps.'),
        takeover: oneOf(['pickup', 'jump'])
          .optional()
          .describe(
            'A control that stands elsewhere turns the knob when it passes it, or at once. Default: pickup.',
          ),
      },
      { error: '{ cc, channel? }, with cc14 or nrpn instead of cc for finer controls' },
    )
    .optional()
    .describe('The MIDI control that turns the knob: one of cc, cc14 and nrpn.'),
}

const knob = z.union([position, z.strictObject(knobShape, { error: 'an object' })], {
  error: 'a position 0..1, or { value, range?, scale?, unit?, label?, midi? }',
})

const count = whole(1, limits.voices, `a whole number 1..${limits.voices}`)
const unisonVoices = whole(1, limits.unison, `a whole number 1..${limits.unison}`)
const unisonShape = {
  voices: unisonVoices.optional().describe('Voices of each note. Default: 1.'),
  detune: number(0, 100, 'a number 0..100 cents')
    .optional()
    .describe('The outer voices are this many cents above and below the note. Default: 10.'),
  spread: number(0, 1, 'a number 0..1')
    .optional()
    .describe(
      'How far left and right the outer voices stand, and what keys.spread is of them. Default: 0.5.',
    ),
}
const glideTime = number(0, 10, 'a number 0..10 seconds')
const glideShape = {
  time: glideTime
    .optional()
    .describe('Seconds in which the pitch goes to that of the next note. Default: 0.'),
  per: oneOf(glidePers)
    .optional()
    .describe(
      'interval: all take the time; octave: an octave takes it, longer ways longer. Default: interval.',
    ),
  when: oneOf(glideWhens).optional().describe('legato: only when another key is down. Default: always.'),
}
const voicesShape = {
  count: count.optional().describe('Number of voices, those of a unison counted each. Default: 8.'),
  mode: oneOf(['poly', 'mono', 'legato', 'drone'])
    .optional()
    .describe('How voices are given to notes; drone: one note, always on. Default: poly.'),
  priority: oneOf(priorities)
    .optional()
    .describe('Which of the keys that are down plays; not for poly. Default: last.'),
  steal: oneOf(steals)
    .optional()
    .describe('Which note makes room when all voices of poly are taken. Default: oldest.'),
  unison: z
    .union([unisonVoices, z.strictObject(unisonShape, { error: 'an object' })], {
      error: `a whole number 1..${limits.unison}, or { voices?, detune?, spread? }`,
    })
    .optional()
    .describe('Voices of each note, or how they differ as well. Default: 1.'),
  glide: z
    .union([glideTime, z.strictObject(glideShape, { error: 'an object' })], {
      error: 'a number 0..10 seconds, or { time?, per?, when? }',
    })
    .optional()
    .describe('Seconds in which the pitch goes to that of the next note, or how as well. Default: 0.'),
}

const anInterval = 'cents as a number, or text: a ratio such as "3/2", or cents with a point'
const interval = z.union(
  [
    number(-limits.cents, limits.cents, `cents, −${limits.cents}..${limits.cents}`),
    z.string().regex(intervalPattern, { error: anInterval }),
  ],
  { error: anInterval },
)
const list = <T extends z.ZodType>(item: T, expected: string) =>
  z
    .array(item, { error: expected })
    .max(limits.degrees, { error: `at most ${limits.degrees} of them` })
    .optional()
const key = whole(0, 127, 'a key, 0..127')
const degree = whole(0, limits.degrees, `a degree, 0..${limits.degrees}`)
const referenceShape = {
  key,
  frequency: number(
    limits.lowestHertz,
    limits.highestHertz,
    `a number ${limits.lowestHertz}..${limits.highestHertz} Hz`,
  ).describe('Hz.'),
}
const keyboardShape = {
  middle: key.optional().describe('Key of the first entry of the map, or of degree 0. Default: 60 (C4).'),
  reference: z
    .strictObject(referenceShape, { error: '{ key, frequency }' })
    .optional()
    .describe('A key and its frequency. Default: degree 0 at the middle key in the ordinary tuning.'),
  map: list(
    z.union([degree, z.literal('x')], { error: 'a degree of the scale, or "x" for a silent key' }),
    'an array of degrees',
  ).describe(
    'Degrees of the keys from the middle one on, again and again; "x" is silent. Default: each key the next.',
  ),
  octave: degree
    .optional()
    .describe('Degree by which a map is higher than the one below. Default: the last of the scale.'),
  first: key.optional().describe('The lowest key that is tuned. Default: 0.'),
  last: key.optional().describe('The highest key that is tuned. Default: 127.'),
}
const tuningShape = {
  label: label.optional().describe('What the tuning is called on screen.'),
  a4: number(limits.lowestHertz, limits.highestHertz, 'a frequency in Hz')
    .optional()
    .describe('Hz of A4 in the ordinary tuning, to which the middle key is tuned. Default: 440.'),
  scale: list(interval, 'an array of cents and ratios').describe(
    'Degrees 1, 2, …: cents, or ratios as text ("3/2"); the last one is the octave. Default: twelve equal steps.',
  ),
  keyboard: z
    .strictObject(keyboardShape, { error: '{ middle?, reference?, map?, octave?, first?, last? }' })
    .optional()
    .describe('Which degree a key plays, and how high all of it is.'),
}

const expectedAmount = `a number −${limits.amount}..${limits.amount}`
const amount = number(-limits.amount, limits.amount, expectedAmount)
  .optional()
  .describe('Factor, negative to invert. Default: 1.')
const from = text('a source: a knob, a device, keys.* or clock.*').describe(
  `A knob, a device, or ${[...keyNames.map((key) => `keys.${key}`), ...clockNames.map((name) => `clock.${name}`)].join(', ')}.`,
)
const to = text('a destination: device.port or out').describe('A port, written device.port, or out.')
const cableShape = {
  from,
  to,
  amount,
  feedback: flag('true or false')
    .optional()
    .describe('Read one block late, which allows a cycle. Default: false.'),
}
const cable = z.union(
  [
    z.tuple([from, to, amount], { error: '[from, to] or [from, to, amount]' }),
    z.strictObject(cableShape, { error: 'an object' }),
  ],
  {
    error: '[from, to], [from, to, amount] or { from, to, amount?, feedback? }',
  },
)

/** Keys that every device may have beside its ports and options. */
export const deviceKeys = ['type', 'shared', 'label', 'bypass'] as const

/** `a number 20..20000 Hz`: what a constant of this port or option may be. */
function expectedOf(port: Port): string {
  if (port.kind === 'value')
    return `a number ${port.min}..${port.max}${port.unit === '' ? '' : ` ${port.unit}`}`
  if (port.kind === 'choice') return `one of ${port.choices.join(', ')}`
  return port.kind === 'signal' ? 'a cable' : 'a number; above 0 is high'
}

function constant(port: Exclude<Port, { kind: 'signal' }>) {
  const expected = expectedOf(port)
  if (port.kind === 'choice')
    return oneOf(port.choices).optional().meta({ description: port.doc, default: port.default })
  if (port.kind === 'value')
    return number(port.min, port.max, expected)
      .optional()
      .meta({ description: `${port.doc} ${expected.replace('a number ', '')}.`, default: port.default })
  return z.number({ error: expected }).optional().meta({ description: port.doc })
}

function setting(option: Option) {
  return z
    .literal([...option.values], { error: `one of ${option.values.join(', ')}` })
    .optional()
    .meta({ description: option.doc, default: option.default })
}

function deviceSchema(type: string, info: DeviceInfo) {
  const ports = Object.entries(info.ports).flatMap(([name, port]) => {
    if (port.kind === 'signal') return []
    const schema = constant(port)
    if (!name.endsWith('#')) return [[name, schema] as const]
    return Array.from(
      { length: maxNumberedPort },
      (_, i) => [name.replace('#', String(i + 1)), schema] as const,
    )
  })
  const options = Object.entries(info.options ?? {}).map(([name, option]) => [name, setting(option)] as const)
  return z
    .strictObject({
      type: z.literal(type),
      shared: flag('true or false')
        .optional()
        .meta({ description: 'Exists once instead of once per voice.', default: info.shared ?? false }),
      label: label.optional().describe('What the device is called on screen.'),
      bypass: flag('true or false').optional().describe('Lets its input through unchanged. Default: false.'),
      ...Object.fromEntries(ports),
      ...Object.fromEntries(options),
    })
    .meta({ title: info.title, description: info.doc })
}

function build(catalogue: Catalogue) {
  const types = Object.entries(catalogue).map(([type, info]) => deviceSchema(type, info))
  const device = z.discriminatedUnion('type', types as [(typeof types)[number], ...typeof types], {
    error: 'a device: { type, … }',
  })
  const name = z.string().regex(namePattern)
  return z
    .strictObject({
      $schema: label.optional().describe('Where editors find the schema of patches.'),
      format: z
        .literal(1, { error: '1' })
        .optional()
        .describe('Version of the format of patches. Default: 1.'),
      name: label.optional().describe('What the patch is called.'),
      voices: z
        .union([count, z.strictObject(voicesShape, { error: 'an object' })], {
          error: `a whole number 1..${limits.voices}, or { count?, mode?, … }`,
        })
        .optional()
        .describe('A number of voices, or how they are given to notes. Default: 8.'),
      tempo: number(1, 999, 'a number 1..999 beats per minute')
        .optional()
        .describe('Beats per minute. Default: 120.'),
      tuning: z
        .strictObject(tuningShape, { error: '{ label?, a4?, scale?, keyboard? }' })
        .optional()
        .describe('How high the keys are. Default: twelve equal steps, A4 at 440 Hz.'),
      layout: z.unknown().optional().describe('Where things stand on screen; it changes no sound.'),
      knobs: z
        .record(name, knob, { error: 'an object: knobs by name' })
        .optional()
        .describe('Knobs by name.'),
      devices: z.record(name, device, { error: 'an object: devices by name' }).describe('Devices by name.'),
      connections: z.array(cable, { error: 'an array of connections' }).optional().describe('Cables.'),
    })
    .meta({ title: 'Megasynth patch' })
}

/** The shape of patches; names, cables and cycles are checked elsewhere. */
export type PatchSchema = ReturnType<typeof build>

const known = new WeakMap<Catalogue, PatchSchema>()

/** The structure of a patch with the device types of a catalogue, as a zod schema. Made once per catalogue. */
export function patchSchema(catalogue: Catalogue): PatchSchema {
  const schema = known.get(catalogue) ?? build(catalogue)
  known.set(catalogue, schema)
  return schema
}

const midiKeys = Object.keys(knobShape.midi.unwrap().shape)

/** The keys that are valid in the object at this place, for "did you mean"; undefined where any name is. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] {
  const [first, second, third] = path
  if (first === 'knobs') return third === 'midi' ? midiKeys : Object.keys(knobShape)
  if (first === 'voices')
    return Object.keys(second === 'unison' ? unisonShape : second === 'glide' ? glideShape : voicesShape)
  if (first === 'tuning') {
    if (third === 'reference') return Object.keys(referenceShape)
    return Object.keys(second === 'keyboard' ? keyboardShape : tuningShape)
  }
  if (first === 'connections') return Object.keys(cableShape)
  return [
    '$schema',
    'format',
    'name',
    'voices',
    'tempo',
    'tuning',
    'layout',
    'knobs',
    'devices',
    'connections',
  ]
}
