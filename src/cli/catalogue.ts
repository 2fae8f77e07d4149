import { z } from 'zod'
import { MegasynthError, show, type Problem } from '../errors/index.ts'
import { standard, type DeviceType } from '../devices/index.ts'
import { keyNames } from '../patch/index.ts'
import { deviceKeys } from '../patch/schema.ts'
import { loadDevicesFile } from './load.ts'

/** The device types that a patch may use. */
export type DeviceTypes = Readonly<Record<string, DeviceType>>

const name = z.string().regex(/^[A-Za-z_]\w{0,63}$/, { error: 'a name of letters, digits and _' })
const portName = z
  .string()
  .regex(/^[A-Za-z_]\w{0,63}#?$/, { error: 'a name of letters, digits and _; # at its end for a family' })
const text = z.string({ error: 'a text' })
const finite = z.number({ error: 'a finite number' })
const flag = z.boolean({ error: 'true or false' }).optional()
const normal = z.enum(
  keyNames.map((key) => `keys.${key}`),
  { error: `one of ${keyNames.map((key) => `keys.${key}`).join(', ')}` },
)

const valuePort = z
  .object({
    kind: z.literal('value'),
    doc: text,
    min: finite,
    max: finite,
    default: finite,
    scale: z.enum(['linear', 'exponential', 'pitch'], { error: 'linear, exponential or pitch' }),
    unit: text,
    normal: normal.optional(),
    audio: flag,
    spare: flag,
    optional: flag,
    level: flag,
  })
  .refine(({ min, max }) => min < max, { error: 'min below max' })
  .refine(({ min, max, default: at }) => min <= at && at <= max, {
    error: 'a default within min..max',
    path: ['default'],
  })
  .refine(({ scale, min }) => scale === 'linear' || min > 0, {
    error: 'a min above 0, since its scale is not linear',
    path: ['min'],
  })

const gatePort = z.object({
  kind: z.enum(['gate', 'trigger']),
  doc: text,
  normal: normal.optional(),
  optional: flag,
})

const choicePort = z
  .object({
    kind: z.literal('choice'),
    doc: text,
    choices: z.array(text).min(1, { error: 'at least one choice' }),
    default: text,
  })
  .refine(({ choices, default: first }) => choices.includes(first), {
    error: 'one of its choices',
    path: ['default'],
  })

const port = z.discriminatedUnion(
  'kind',
  [z.object({ kind: z.literal('signal'), doc: text }), valuePort, gatePort, choicePort],
  {
    error: 'a port: signal(…), value(…), gate(…), trigger(…) or choice(…)',
  },
)

const setting = z.union([text, finite, z.boolean()], { error: 'a text, a number, true or false' })
const option = z
  .object(
    { doc: text, values: z.array(setting).min(1, { error: 'at least one value' }), default: setting },
    { error: 'option(…)' },
  )
  .refine(({ values, default: first }) => values.includes(first), {
    error: 'one of its values',
    path: ['default'],
  })

const widths = [1, 2, 'inputs'] as const
const deviceType = z
  .object(
    {
      title: text,
      doc: text,
      ports: z.record(portName, port, { error: 'an object: ports by name' }),
      options: z.record(name, option, { error: 'an object: options by name' }).optional(),
      output: z.object(
        {
          rate: z.enum(['audio', 'control', 'inputs'], { error: 'audio, control or inputs' }),
          polarity: z.union([z.enum(['bipolar', 'unipolar', 'inputs']), z.object({ option: text })], {
            error: 'bipolar, unipolar, inputs or { option }',
          }),
          channels: z.literal(widths, { error: '1, 2 or inputs' }),
        },
        { error: 'an object: { rate, polarity, channels }' },
      ),
      shared: flag,
      rings: finite.min(0, { error: 'seconds, from 0 on' }).optional(),
      generator: flag,
      envelope: flag,
      random: flag,
      build: z.custom<DeviceType['build']>((value) => typeof value === 'function', { error: 'a function' }),
    },
    { error: 'a device type, made by defineDevice({ … })' },
  )
  .superRefine(({ ports, options = {}, output }, context) => {
    const refuse = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', path, message, input: undefined })
    for (const [kind, names] of [
      ['ports', ports],
      ['options', options],
    ] as const)
      for (const key of Object.keys(names))
        if (deviceKeys.some((reserved) => reserved === key))
          refuse([kind, key], `another name: every device has ${key}`)
    for (const key of Object.keys(options))
      if (Object.hasOwn(ports, key)) refuse(['options', key], 'another name: a port has this one')
    const { polarity } = output
    if (typeof polarity === 'object' && !Object.hasOwn(options, polarity.option))
      refuse(['output', 'polarity', 'option'], 'the name of one of its options')
  })

const devices = z
  .record(name, deviceType, { error: 'an object: device types by name' })
  .refine((types) => !Object.hasOwn(types, 'out'), {
    error: 'another name: out is always there',
    path: ['out'],
  })

/**
 * The standard device types, and those of a file over them.
 *
 * @param file `.ts`, `.mts`, `.js` or `.mjs`; its default export is an object of device types by name
 * @param onFile is told of every file that it is made of
 * @throws MegasynthError `invalid-device-type` with all that is wrong in it; and as `loadDevicesFile` does
 */
export async function openCatalogue(
  cwd: string,
  file: string | undefined,
  onFile?: (file: string) => void,
): Promise<DeviceTypes> {
  if (file === undefined) return standard
  const loaded = await loadDevicesFile(cwd, file, onFile)
  const { error } = devices.safeParse(loaded)
  if (error !== undefined)
    throw new MegasynthError(error.issues.map((issue) => problemOf(issue, loaded, file)))
  return { ...standard, ...(loaded as DeviceTypes) }
}

function problemOf(issue: z.core.$ZodIssue, loaded: unknown, file: string): Problem {
  const found = issue.path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    loaded,
  )
  const path = issue.path.map(String).join('.')
  // what is wrong with a name is said in an issue within the issue
  const expected = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
  return {
    code: 'invalid-device-type',
    path: path === '' ? file : `${file}: ${path}`,
    message:
      found === undefined
        ? 'is missing'
        : issue.code === 'invalid_key'
          ? 'is not a valid name'
          : 'is wrong in a device type',
    ...(found !== undefined && {
      found: issue.code === 'invalid_key' ? show(issue.path.at(-1)) : show(found),
    }),
    expected,
  }
}
