import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { differencesBetween, type Difference, type ReadPatch } from '../../src/patch/differences.ts'
import { parsePatch, type ConnectionSpec, type Patch } from '../../src/patch/index.ts'
import { patchArbitrary, runs, sequenceArbitrary } from '../laws/patches.ts'
import { tremolo } from './tremolo.ts'

const read = (patch: Patch): ReadPatch => ({ patch, parsed: parsePatch(patch, standard, out) })
const between = (a: Patch, b: Patch): Difference[] => differencesBetween(read(a), read(b))

/** The same patch in other words: defaults said, lists as objects. */
function inOtherWords(patch: Patch): Patch {
  const { voices } = read(patch).parsed
  const cable = (spec: ConnectionSpec): ConnectionSpec => {
    if ('from' in spec) return { feedback: false, ...spec }
    const [from, to, amount] = spec
    return amount === undefined ? { from, to } : { from, to, amount }
  }
  return {
    $schema: 'patch.schema.json',
    format: 1,
    tempo: 120,
    ...patch,
    voices,
    knobs: Object.fromEntries(
      Object.entries(patch.knobs ?? {}).map(([name, knob]) => [
        name,
        typeof knob === 'number' ? { value: knob } : Object.fromEntries(Object.entries(knob).toReversed()),
      ]),
    ) as NonNullable<Patch['knobs']>,
    devices: Object.fromEntries(
      Object.entries(patch.devices).map(([name, device]) => [
        name,
        { bypass: false, ...read(patch).parsed.devices[name]?.options, ...device },
      ]),
    ),
    connections: (patch.connections ?? []).map(cable),
  }
}

/** A difference with its sides exchanged, as a text. */
function mirrored(difference: Difference): string {
  const { before, after, ...rest } = { before: undefined, after: undefined, ...difference } as {
    before: unknown
    after: unknown
    type: Difference['type']
  }
  const types: Partial<Record<Difference['type'], Difference['type']>> = {
    added: 'removed',
    removed: 'added',
    connected: 'disconnected',
    disconnected: 'connected',
  }
  const type = types[rest.type] ?? rest.type
  return canonical({ ...rest, type, before: after, after: before })
}

/** JSON with the keys of every object in order. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )

describe('the differences of two patches', () => {
  it('are none between a patch and itself, in whatever words', () => {
    fc.assert(
      fc.property(patchArbitrary(6), (patch) => {
        expect(between(patch, patch)).toEqual([])
        expect(between(patch, inOtherWords(patch))).toEqual([])
      }),
      runs(100),
    )
  })

  it('are the same with exchanged sides when they are looked at from the other side', () => {
    fc.assert(
      fc.property(sequenceArbitrary(2, 5), ([a, b]) => {
        const [there, back] = [between(a as Patch, b as Patch), between(b as Patch, a as Patch)]
        expect(there.map(mirrored).toSorted()).toEqual(
          back.map((one) => canonical({ before: undefined, after: undefined, ...one })).toSorted(),
        )
      }),
      runs(100),
    )
  })

  it('are there exactly where the normal forms differ', () => {
    fc.assert(
      fc.property(sequenceArbitrary(2, 4), ([a, b]) => {
        const [one, other] = [a as Patch, b as Patch]
        if (between(one, other).length > 0) return
        const normal = (patch: Patch): string => canonical(read(inOtherWords(patch)).parsed)
        expect(normal(other)).toBe(normal(one))
      }),
      runs(200),
    )
  })

  it.each<[string, Patch, readonly Difference[]]>([
    ['tempo', { ...tremolo, tempo: 90 }, [{ type: 'patch', key: 'tempo', before: 120, after: 90 }]],
    [
      'voices',
      { ...tremolo, voices: 3 },
      [
        { type: 'patch', key: 'voices.count', before: 1, after: 3 },
        { type: 'patch', key: 'voices.mode', before: 'drone', after: 'poly' },
      ],
    ],
    [
      'a layout',
      { ...tremolo, layout: { lfo0: [1, 2] } },
      [{ type: 'patch', key: 'layout', after: { lfo0: [1, 2] } }],
    ],
    [
      'a knob',
      { ...tremolo, knobs: { ...tremolo.knobs, rate: { value: 0.5, midi: { cc: 1 } } } },
      [
        { type: 'set', what: 'knob', name: 'rate', key: 'value', before: 0.4, after: 0.5 },
        { type: 'set', what: 'knob', name: 'rate', key: 'midi', after: { cc: 1 } },
      ],
    ],
    [
      'a constant',
      { ...tremolo, devices: { ...tremolo.devices, lfo0: { type: 'lfo', waveform: 'sine', phase: 0.2 } } },
      [{ type: 'set', what: 'device', name: 'lfo0', key: 'phase', after: 0.2 }],
    ],
    [
      'a device and its cable',
      {
        ...tremolo,
        devices: { ...tremolo.devices, pan0: { type: 'pan' } },
        connections: [...(tremolo.connections ?? []), { from: 'oscillator0', to: 'pan0.in', feedback: true }],
      },
      [
        { type: 'added', what: 'device', name: 'pan0', after: { type: 'pan' } },
        { type: 'connected', from: 'oscillator0', to: 'pan0.in', after: { feedback: true } },
      ],
    ],
    [
      'an amount',
      {
        ...tremolo,
        connections: (tremolo.connections ?? []).map((cable, i) =>
          i === 0 ? (['rate', 'lfo0.frequency', 0.5] as const) : cable,
        ),
      },
      [{ type: 'cable', from: 'rate', to: 'lfo0.frequency', before: {}, after: { amount: 0.5 } }],
    ],
    [
      'the order of cables',
      { ...tremolo, connections: (tremolo.connections ?? []).toReversed() },
      [{ type: 'order', of: 'connections' }],
    ],
  ])('of %s', (_, patch, differences) => expect(between(tremolo, patch)).toEqual(differences))

  it('with a device under another name are its name, and what else is other about it', () => {
    const text = JSON.stringify(tremolo).replaceAll('oscillator0', 'voice0').replace('saw', 'sine')
    const after = JSON.parse(text) as Patch
    expect(differencesBetween(read(tremolo), read(after), [{ from: 'oscillator0', to: 'voice0' }])).toEqual([
      { type: 'renamed', name: 'oscillator0', to: 'voice0' },
      { type: 'set', what: 'device', name: 'voice0', key: 'waveform', before: 'saw', after: 'sine' },
    ])
  })
})
