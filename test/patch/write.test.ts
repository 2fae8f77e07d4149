import { runInThisContext } from 'node:vm'
import fc from 'fast-check'
import { createJiti } from 'jiti'
import prettier from 'prettier'
import { describe, expect, it } from 'vitest'
import { definePatch } from '../../src/devices/index.ts'
import { patchToJson, patchToTypeScript, type Patch } from '../../src/patch/index.ts'
import { patchArbitrary, runs } from '../laws/patches.ts'
import { typeErrors } from '../types/check.ts'
import { tremolo } from './tremolo.ts'

const options = {
  parser: 'typescript',
  semi: false,
  singleQuote: true,
  printWidth: 110,
  trailingComma: 'all',
}

/** What the file exports by default, without loading the library for each of many. */
function exported(file: string): unknown {
  const [, body] =
    /^import \{ definePatch \} from 'megasynth'\n\nexport default definePatch(\(.*\))\n$/s.exec(file) ?? [
      '',
      '',
    ]
  return runInThisContext(body ?? '')
}

/** What JSON makes of a value: the law speaks of data. */
const asData = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** What prettier makes of the file: rather than prettier.check, so that a failure shows where. */
const formatted = (file: string): Promise<string> => prettier.format(file, options as prettier.Options)

const titles = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 150 }),
  fc.string({ unit: 'grapheme', maxLength: 150 }),
  fc.string({
    unit: fc.constantFrom("'", '"', '\\', '\n', '\u2028', '`', '$', '{', 'é', '音', 'a'),
    maxLength: 90,
  }),
  fc.nat({ max: 130 }).map((length) => 'x'.repeat(length)),
  fc.tuple(fc.nat({ max: 110 }), fc.nat({ max: 60 })).map(([a, b]) => 'x'.repeat(a) + '音'.repeat(b)),
)
const layouts = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(titles, fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(fc.oneof(fc.double(), fc.integer()), { maxLength: 40, size: 'max' }),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(
      fc.oneof(
        fc.string({ maxLength: 8 }),
        fc.string({ unit: 'grapheme', maxLength: 110 }),
        fc.constantFrom('__proto__', 'constructor', 'a-b', '1', '01', '1.5', 'é', 'x', 'd0', 'default'),
      ),
      tie('value'),
      { maxKeys: 6 },
    ),
  ),
})).value
const labelled: fc.Arbitrary<Patch> = fc
  .tuple(patchArbitrary(5), titles, fc.option(layouts, { nil: undefined }), titles, fc.boolean())
  .map(([patch, title, layout, label, schema]) => ({
    ...patch,
    devices: Object.fromEntries(
      Object.entries(patch.devices).map(([name, device], i) => [
        name,
        i === 1 ? { ...device, label } : device,
      ]),
    ),
    knobs: { ...patch.knobs, volume: { value: 0.5, label, unit: title.slice(0, 30) } },
    name: title,
    ...(layout !== undefined && { layout }),
    ...(schema && { $schema: './node_modules/megasynth/schema/patch.schema.json' }),
  }))

describe('patchToJson', () => {
  it('writes what a person would: the order of the documentation, short things on one line', () => {
    const { connections, devices, knobs, ...rest } = tremolo
    expect(
      patchToJson({ connections, devices, knobs, tempo: 90, ...rest, $schema: 'patch.schema.json' } as Patch),
    ).toBe(`{
  "$schema": "patch.schema.json",
  "name": "tremolo",
  "voices": { "mode": "drone" },
  "tempo": 90,
  "knobs": { "volume": 0.5, "rate": 0.4, "depth": { "value": 0.3, "label": "Depth" } },
  "devices": {
    "lfo0": { "type": "lfo", "waveform": "sine" },
    "mixer0": { "type": "mixer" },
    "oscillator0": { "type": "oscillator", "waveform": "saw" }
  },
  "connections": [
    ["rate", "lfo0.frequency"],
    ["depth", "lfo0.amplitude"],
    ["lfo0", "mixer0.in1"],
    ["volume", "mixer0.in2"],
    ["mixer0", "oscillator0.amplitude"],
    ["oscillator0", "out"]
  ]
}
`)
  })

  it('opens what is longer than 100 columns, and gives every cable its line', () => {
    const label = 'A label that is rather long, so that the knobs and this device do not fit one line'
    const json = patchToJson({
      knobs: { volume: { value: 0.5, label }, rate: 0 },
      devices: { lfo0: { type: 'lfo', waveform: 'sine', label } },
      connections: [{ from: 'lfo0', to: 'out', amount: 1 / 128, feedback: true }],
    })
    expect(json).toBe(`{
  "knobs": {
    "volume": {
      "value": 0.5,
      "label": "${label}"
    },
    "rate": 0
  },
  "devices": {
    "lfo0": {
      "type": "lfo",
      "waveform": "sine",
      "label": "${label}"
    }
  },
  "connections": [
    { "from": "lfo0", "to": "out", "amount": 0.0078125, "feedback": true }
  ]
}
`)
    expect(Math.max(...json.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  it('breaks no line of at most 100 columns, and every line beyond', () => {
    const rows = (length: number): string[] =>
      patchToJson({ devices: { d: { type: 'x'.repeat(length) } } })
        .split('\n')
        .slice(2, -3)
    const [most] = rows(100 - '    "d": { "type": "" },'.length)
    expect(most).toHaveLength(99)
    expect(rows(101 - '    "d": { "type": "" },'.length)).toHaveLength(3)
  })

  it('keeps keys that it does not know, after those that it knows', () => {
    const patch = { tables: { a: [1, 2] }, devices: {}, name: 'x' } as Patch
    expect(Object.keys(JSON.parse(patchToJson(patch)) as object)).toEqual(['name', 'devices', 'tables'])
  })

  it('writes what JSON writes: nothing for what is undefined, null for what is no number', () => {
    const layout = { a: undefined, b: Number.NaN, c: [undefined, Infinity], d: -0 }
    expect(JSON.parse(patchToJson({ devices: {}, layout }))).toEqual({
      devices: {},
      layout: { b: null, c: [null, null], d: 0 },
    })
  })

  it.each([patchToJson, patchToTypeScript])('refuses what is no data: %o', (write) => {
    const data = { devices: {}, layout: { draw: () => 0 } }
    expect(() => write(data)).toThrow(/layout\.draw.*function/)
  })

  it('gives any patch back: reading what was written is the patch', () => {
    fc.assert(
      fc.property(labelled, (patch) => {
        const json = patchToJson(patch)
        expect(JSON.parse(json)).toEqual(asData(patch))
        expect(json.endsWith('}\n')).toBe(true)
        // written again it is the same file
        expect(patchToJson(JSON.parse(json) as Patch)).toBe(json)
      }),
      runs(300),
    )
  })
})

describe('patchToTypeScript', () => {
  it('writes the first patch as its author wrote it', () => {
    expect(patchToTypeScript(tremolo)).toBe(`import { definePatch } from 'megasynth'

export default definePatch({
  name: 'tremolo',
  voices: { mode: 'drone' },
  knobs: { volume: 0.5, rate: 0.4, depth: { value: 0.3, label: 'Depth' } },
  devices: {
    lfo0: { type: 'lfo', waveform: 'sine' },
    mixer0: { type: 'mixer' },
    oscillator0: { type: 'oscillator', waveform: 'saw' },
  },
  connections: [
    ['rate', 'lfo0.frequency'],
    ['depth', 'lfo0.amplitude'],
    ['lfo0', 'mixer0.in1'],
    ['volume', 'mixer0.in2'],
    ['mixer0', 'oscillator0.amplitude'],
    ['oscillator0', 'out'],
  ],
})
`)
  })

  it('escapes what would end a text, and what no screen shows', () => {
    const text = (name: string): string =>
      /name: (.*),\n/.exec(patchToTypeScript({ name, devices: {} }))?.[1] ?? ''
    expect(text(`it's`)).toBe(`"it's"`)
    expect(text(`it's "so"`)).toBe(`'it\\'s "so"'`)
    expect(text('a\\b\nc\u2028d\0')).toBe(String.raw`'a\\b\nc\u2028d\u0000'`)
    expect(text('\u202Eevil\uFEFF')).toBe(String.raw`'\u202eevil\ufeff'`)
    expect(text('\uD800')).toBe(String.raw`'\ud800'`)
    expect(text('Flöte 音 🎹')).toBe(`'Flöte 音 🎹'`)
    expect(text('${1}`')).toBe("'${1}`'")
  })

  it('quotes keys only where they must be, and takes none for the prototype', async () => {
    const layout = JSON.parse('{"a":1,"a-b":2,"é":3,"1":4,"__proto__":{"x":5},"default":6}') as object
    const patch = { layout, devices: {} }
    const file = patchToTypeScript(patch)
    expect(file).toContain(
      String.raw`layout: { '1': 4, a: 1, 'a-b': 2, '\u00e9': 3, ['__proto__']: { x: 5 }, default: 6 }`,
    )
    expect(asData(exported(file))).toEqual(asData(patch))
    expect(await formatted(file)).toBe(file)
  })

  it('is a module that loads, and that the compiler finds right', async () => {
    const file = patchToTypeScript(tremolo)
    const jiti = createJiti(import.meta.url, {
      virtualModules: { megasynth: { definePatch } },
      fsCache: false,
      moduleCache: false,
    })
    const module = (await jiti.evalModule(file, { filename: import.meta.filename, async: true })) as {
      default: unknown
    }
    expect(module.default).toEqual(tremolo)
    expect(typeErrors(file)).toEqual([])
    expect(typeErrors(file.replace("'lfo0.frequency'", "'lfo0.freq'"))).not.toEqual([])
  })

  it('gives any patch back, in a file that prettier leaves as it is', async () => {
    await fc.assert(
      fc.asyncProperty(labelled, async (patch) => {
        const file = patchToTypeScript(patch)
        expect(asData(exported(file))).toEqual(asData(patch))
        expect(await formatted(file)).toBe(file)
      }),
      runs(300),
    )
  })

  it('breaks lines where prettier does: around 110 columns, for every kind of value', async () => {
    const values: ((n: number) => unknown)[] = [
      (n) => 'x'.repeat(n),
      (n) => ['x'.repeat(n)],
      (n) => ({ label: 'x'.repeat(n) }),
      (n) => ['x', { y: 'x'.repeat(n) }],
      (n) => Array.from({ length: n }, (_, i) => i),
      (n) => Array.from({ length: n }, (_, i) => (i % 2 ? -i / 8 : 1e21)),
      (n) => [['x', 'x'.repeat(n)], ['y']],
      (n) => [
        [1, 2],
        [3, 4, n],
      ],
      (n) => ({ ['k'.repeat(n)]: -1, name: 'x'.repeat(n) }),
      (n) => ({ ['k'.repeat(n)]: null }),
      (n) => ({ ['k'.repeat(n)]: 1 }),
      (n) => ({ ['k'.repeat(n)]: [] }),
      (n) => ({ ['k'.repeat(n)]: ['x'.repeat(40)] }),
      (n) => ({ ['k'.repeat(n)]: { a: 'x'.repeat(40) } }),
      (n) => ['音'.repeat(n / 2), 'é', [n]],
      (n) => ({ other: '🎹é'.repeat(n / 4) }),
    ]
    // most columns are far from any border: all of them would take long
    const lengths = Array.from({ length: 96 }, (_, i) => i + 20).filter(
      (n) => n < 24 || n > 80 || n % 8 === 0,
    )
    for (const value of values)
      for (const n of lengths) {
        const file = patchToTypeScript({ devices: {}, layout: { key: value(n) } })
        expect(await formatted(file)).toBe(file)
      }
  })
})
