import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { MegasynthError } from '../../src/errors/index.ts'
import { checkPatch, parsePatch } from '../../src/patch/index.ts'
import { tremolo } from './tremolo.ts'

type Path = readonly (string | number)[]

/** Every place in a value, the value itself included. */
function places(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return [
    path,
    ...keys.flatMap((key) => places((value as Record<string | number, unknown>)[key], [...path, key])),
  ]
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return by
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? ([...value] as never)
    : { ...(value as object) }
  copy[key] = replaced(copy[key], rest, by)
  return copy
}

const words = fc.constantFrom(
  ...[
    'lfo0',
    'lfo0.frequency',
    'out',
    'out.level',
    'keys.gate',
    'keys',
    '__proto__',
    'constructor',
    'mixer0.in1',
  ],
  ...['oscillator0', 'rate', 'filter', 'sine', 'type', 'mixer0.in65', '', '.', 'a.b.c'],
)
const odd = fc.oneof(
  words,
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withTypedArray: true,
    key: fc.oneof(fc.string(), words),
  }),
  fc.array(words, { maxLength: 4 }),
  fc.dictionary(words, fc.oneof(words, fc.double(), fc.record({ type: words }))),
)
const mutated = fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 4 }).map((edits) =>
  edits.reduce<unknown>((patch, [n, by]) => {
    const all = places(patch)
    return replaced(patch, all[n % all.length] ?? [], by)
  }, tremolo),
)

/** Patches that are valid: cables run from earlier to later devices, and voices lead to shared devices. */
const valid = fc
  .array(
    fc.tuple(
      fc.constantFrom('lfo', 'filter', 'mixer', 'oscillator'),
      fc.boolean(),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .chain((list) => {
    const devices = list.map(([type, shared, value], i) => ({ name: `d${i}`, type, shared, value }))
    devices.sort((a, b) => Number(a.shared) - Number(b.shared))
    const ports = { lfo: 'amplitude', filter: 'resonance', mixer: 'in7', oscillator: 'fm' } as const
    const pairs = devices.flatMap(({ name }, i) =>
      devices.slice(i + 1).map((later): [string, string] => [name, `${later.name}.${ports[later.type]}`]),
    )
    const cable = (pair: [string, string], amount: number): unknown[] =>
      amount === 0 ? pair : [...pair, amount]
    return fc
      .tuple(
        fc.subarray(pairs),
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 28, maxLength: 28 }),
        fc.double({ min: 1, max: 999, noNaN: true }),
      )
      .map(([chosen, amounts, tempo]) => ({
        tempo,
        knobs: { k: { value: devices[0]?.value ?? 0, range: [1, 2] } },
        devices: Object.fromEntries(
          devices.map(({ name, type, shared, value }) => [
            name,
            {
              type,
              shared,
              [type === 'filter'
                ? 'resonance'
                : type === 'lfo'
                  ? 'phase'
                  : 'level' + (type === 'oscillator' ? '2' : '')]: value,
            },
          ]),
        ),
        connections: [
          ...chosen.map((pair, i) => cable(pair, amounts[i] ?? 0)),
          ['k', 'out.level', -0],
          [devices.at(-1)?.name, 'out'],
        ],
      }))
  })

describe('laws of checkPatch', () => {
  it('answers anything with problems, never with an exception', () => {
    fc.assert(
      fc.property(fc.oneof(odd, fc.jsonValue(), mutated), (data) => {
        const { patch, problems } = checkPatch(data, standard, out)
        expect(patch === undefined).toBe(problems.length > 0)
        for (const { message } of problems) expect(message).not.toMatch(/Invalid|undefined|\[object/)
      }),
      { numRuns: 1000 },
    )
  })

  it('parsePatch throws MegasynthError and nothing else', () => {
    fc.assert(
      fc.property(mutated, (data) => {
        try {
          parsePatch(data, standard, out)
        } catch (error) {
          expect(error).toBeInstanceOf(MegasynthError)
        }
      }),
    )
  })

  it('says the same twice, and changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, valid), (data) => {
        const before = structuredCloneOrSelf(data)
        const first = checkPatch(data, standard, out)
        expect(checkPatch(data, standard, out)).toEqual(first)
        expect(data).toEqual(before)
      }),
    )
  })

  it('finds nothing wrong with a valid patch, and the same normal form after a round trip through JSON', () => {
    fc.assert(
      fc.property(valid, (data) => {
        const parsed = parsePatch(data, standard, out)
        expect(parsePatch(JSON.parse(JSON.stringify(data)), standard, out)).toEqual(parsed)
      }),
      { numRuns: 300 },
    )
  })

  it('is satisfied once every cable that it names as closing a cycle is marked as feedback', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const devices = Object.fromEntries(names.map((name) => [name, { type: 'mixer' }]))
    const pairs = names.flatMap((from) =>
      names.filter((to) => to !== from).map((to) => ({ from, to: `${to}.in${names.indexOf(from) + 1}` })),
    )
    fc.assert(
      fc.property(fc.shuffledSubarray(pairs), (connections) => {
        const closing = new Set(
          checkPatch({ devices, connections }, standard, out).problems.map(
            ({ code, path }) => `${code} ${path}`,
          ),
        )
        const mended = connections.map((cable, i) => ({
          ...cable,
          feedback: closing.has(`cycle connections[${i}]`),
        }))
        expect(checkPatch({ devices, connections: mended }, standard, out).problems).toEqual([])
      }),
    )
  })
})

function structuredCloneOrSelf(data: unknown): unknown {
  try {
    return structuredClone(data)
  } catch {
    return data
  }
}
