import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { MegasynthError, type Problem } from '../../src/errors/index.ts'
import { checkPatch, edited, parsePatch, type Edit, type Patch } from '../../src/patch/index.ts'
import { keyNames, portNames } from '../../src/patch/ports.ts'
import { patchArbitrary, runs } from '../laws/patches.ts'

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen)
  return value
}

const base: Patch = frozen<Patch>({
  name: 'base',
  layout: { lfo0: { x: 1 }, filter0: { x: 2 }, osc0: { x: 3 } },
  knobs: { volume: 0.5, depth: { value: 0.2, label: 'Depth' } },
  devices: {
    lfo0: { type: 'lfo' },
    filter0: { type: 'filter', cutoff: 800, resonance: 0.5, bypass: true },
    osc0: { type: 'oscillator' },
  },
  connections: [
    ['osc0', 'filter0.in'],
    ['lfo0', 'filter0.cutoff', 0.25],
    { from: 'filter0', to: 'lfo0.frequency', amount: 0.1, feedback: true },
    ['filter0', 'out'],
    ['volume', 'out.level'],
  ],
})

const after = (...edits: Edit[]): Patch => edits.reduce(edited, base)
const cables = (...edits: Edit[]): Patch['connections'] => after(...edits).connections?.slice(0)
const set = (place: string, value?: string | number | boolean): Edit => ({ type: 'set', place, value })

type More = { amount?: number; feedback?: boolean }
const connect = (from: string, to: string, more: More = {}): Edit => ({ type: 'connect', from, to, ...more })
const disconnect = (from: string, to: string): Edit => ({ type: 'disconnect', from, to })
const remove = (name: string): Edit => ({ type: 'removeDevice', name })
const rename = (name: string, to: string): Edit => ({ type: 'renameDevice', name, to })

/** The problem of an edit that is refused. */
function refused(edit: unknown, patch = base): Partial<Problem> {
  try {
    edited(patch, edit as Edit)
  } catch (error) {
    if (error instanceof MegasynthError && error.problems.length === 1) return error.problems[0] as Problem
    throw error
  }
  return {}
}

describe('connect', () => {
  it('adds a cable at the end, as short as it can be written', () => {
    const added = (...more: Parameters<typeof connect>): unknown => cables(connect(...more))?.slice(5)
    expect(added('depth', 'lfo0.amplitude')).toEqual([['depth', 'lfo0.amplitude']])
    expect(added('depth', 'lfo0.amplitude', { amount: -1 })).toEqual([['depth', 'lfo0.amplitude', -1]])
    expect(added('osc0', 'lfo0.phase', { feedback: true })).toEqual([
      { from: 'osc0', to: 'lfo0.phase', feedback: true },
    ])
    expect(edited({ devices: {} }, connect('a', 'out'))).toEqual({ devices: {}, connections: [['a', 'out']] })
  })

  it('gives a pair that is connected another amount, or none, in its place', () => {
    const [from, to] = ['lfo0', 'filter0.cutoff']
    expect(cables(connect(from, to, { amount: 0.5 }))?.[1]).toEqual([from, to, 0.5])
    expect(cables(connect(from, to, { amount: 0 }))?.[1]).toEqual([from, to, 0])
    expect(cables(connect(from, to))).toEqual(base.connections?.with(1, [from, to]))
  })

  it('keeps feedback unless it says otherwise', () => {
    const [from, to, amount] = ['filter0', 'lfo0.frequency', 0.5] as const
    expect(cables(connect(from, to, { amount }))?.[2]).toEqual({ from, to, amount, feedback: true })
    expect(cables(connect(from, to))?.[2]).toEqual({ from, to, feedback: true })
    expect(cables(connect(from, to, { amount, feedback: false }))?.[2]).toEqual([from, to, amount])
    const other = { from: 'osc0', to: 'filter0.in', feedback: true }
    expect(cables(connect(other.from, other.to, other))?.[0]).toEqual(other)
  })

  it('knows that out and out.in are the same', () => {
    expect(cables(connect('filter0', 'out.in', { amount: 0.5 }))?.[3]).toEqual(['filter0', 'out', 0.5])
    const other: Patch = { devices: {}, connections: [['a', 'out.in']] }
    expect(edited(other, disconnect('a', 'out')).connections).toEqual([])
    expect(cables(connect('filter0', 'out.level'))).toHaveLength(6)
  })

  it('leaves names that do not exist to checkPatch', () => {
    const { problems } = checkPatch(after(connect('lfo', 'filter0.cutof')), standard, out)
    expect(problems.map(({ code, suggestion }) => [code, suggestion])).toEqual([
      ['unknown-source', 'did you mean "lfo0"?'],
      ['unknown-port', 'did you mean "filter0.cutoff"?'],
    ])
  })
})

describe('disconnect', () => {
  it('removes a cable, however it is written', () => {
    expect(cables(disconnect('lfo0', 'filter0.cutoff'))).toEqual(base.connections?.toSpliced(1, 1))
    expect(cables(disconnect('filter0', 'lfo0.frequency'))).toEqual(base.connections?.toSpliced(2, 1))
  })

  it('names the cable that may be meant', () => {
    expect(refused(disconnect('lfo', 'filter0.cutoff'))).toEqual({
      code: 'unknown-source',
      path: 'lfo → filter0.cutoff',
      message: 'no cable begins at "lfo"',
      expected: 'the beginning of a cable: osc0, lfo0, filter0, volume',
      suggestion: 'did you mean "lfo0"?',
    })
    expect(refused(disconnect('filter0', 'lfo0.frequencies'))).toEqual({
      code: 'unknown-destination',
      path: 'filter0 → lfo0.frequencies',
      message: 'no cable goes from "filter0" to "lfo0.frequencies"',
      expected: 'a destination of "filter0": lfo0.frequency, out',
      suggestion: 'did you mean "lfo0.frequency"?',
    })
    expect(refused(disconnect('a', 'out'), { devices: {} })).toMatchObject({
      code: 'unknown-source',
      expected: 'the beginning of a cable: (none)',
    })
  })
})

describe('set', () => {
  it('writes ports, options and what every device has, in their place', () => {
    const changed = after(set('filter0.cutoff', 900), set('filter0.mode', 'highpass'))
    expect(JSON.stringify(changed.devices['filter0'])).toBe(
      '{"type":"filter","cutoff":900,"resonance":0.5,"bypass":true,"mode":"highpass"}',
    )
    const lfo0 = { type: 'lfo', shared: true, label: 'Slow', bypass: true }
    const all = after(set('lfo0.shared', true), set('lfo0.label', 'Slow'), set('lfo0.bypass', true))
    expect(all).toEqual({ ...base, devices: { ...base.devices, lfo0 } })
  })

  it('takes a constant away without a value: the default is back', () => {
    const { devices } = after(set('filter0.cutoff'), set('filter0.bypass'))
    expect(devices['filter0']).toEqual({ type: 'filter', resonance: 0.5 })
    expect(after(set('lfo0.frequency'))).toEqual(base)
  })

  it('turns a knob by its bare name, in the form in which it is written', () => {
    const { knobs } = after(set('volume', 0.3), set('depth', 0.9))
    expect(JSON.stringify(knobs)).toBe('{"volume":0.3,"depth":{"value":0.9,"label":"Depth"}}')
  })

  it.each<[place: string, value: unknown, problem: Partial<Problem>]>([
    ['fliter0.cutoff', 1, { code: 'unknown-destination', suggestion: 'did you mean "filter0"?' }],
    ['volume.range', 1, { code: 'unknown-destination', message: '"volume" is a knob, not a device' }],
    ['volum', 1, { code: 'unknown-knob', suggestion: 'did you mean "volume"?' }],
    ['osc', 1, { code: 'unknown-knob', suggestion: 'did you mean "osc0"?' }],
    ['filter0', 1, { code: 'unknown-port', suggestion: 'write filter0.port' }],
    ['out.level', 0.5, { code: 'invalid-value', suggestion: 'connect a knob to out.level' }],
    ['out', 0.5, { code: 'invalid-value', suggestion: 'connect a knob to out.level' }],
    ['volume', undefined, { code: 'invalid-value', path: 'knobs.volume', expected: 'a position 0..1' }],
    ['volume', 'loud', { code: 'invalid-value', found: '"loud"' }],
    ['', 1, { code: 'unknown-knob' }],
    ['.', 1, { code: 'unknown-destination' }],
    ['__proto__', 1, { code: 'unknown-knob' }],
    ['constructor', 1, { code: 'unknown-knob' }],
    ['__proto__.polluted', 1, { code: 'unknown-destination' }],
    ['constructor.prototype', 1, { code: 'unknown-destination' }],
    ['a.b.c', 1, { code: 'unknown-destination' }],
    ['filter0.', 1, { code: 'unknown-port', path: 'devices.filter0[""]' }],
    ['filter0.a.b', 1, { code: 'unknown-port' }],
    ['filter0.__proto__', 1, { code: 'unknown-port', path: 'devices.filter0.__proto__' }],
  ])('refuses %j = %j', (place, value, problem) => {
    expect(refused({ type: 'set', place, value })).toMatchObject(problem)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('leaves ports and values to checkPatch', () => {
    const patch = after(set('filter0.cutof', 1), set('filter0.resonance', 7), set('volume', 3))
    expect(
      checkPatch(patch, standard, out)
        .problems.map(({ path, code }) => `${path} ${code}`)
        .toSorted(),
    ).toEqual([
      'devices.filter0.cutof unknown-port',
      'devices.filter0.resonance out-of-range',
      'knobs.volume out-of-range',
    ])
  })
})

describe('devices', () => {
  it('are added at the end', () => {
    const patch = after({ type: 'addDevice', name: 'noise0', device: { type: 'noise' } })
    expect(Object.keys(patch.devices)).toEqual(['lfo0', 'filter0', 'osc0', 'noise0'])
    expect(patch.devices['noise0']).toEqual({ type: 'noise' })
    expect({ ...patch, devices: base.devices }).toEqual(base)
  })

  it('leave with their cables and their place in the layout', () => {
    expect(after(remove('filter0'))).toEqual({
      name: 'base',
      layout: { lfo0: { x: 1 }, osc0: { x: 3 } },
      knobs: base.knobs,
      devices: { lfo0: { type: 'lfo' }, osc0: { type: 'oscillator' } },
      connections: [['volume', 'out.level']],
    })
  })

  it('keep everything and their place under another name', () => {
    const patch = after(rename('filter0', 'lowpass'))
    expect(JSON.stringify(patch)).toBe(JSON.stringify(base).replaceAll('filter0', 'lowpass'))
    expect(after(rename('filter0', 'filter0'))).toEqual(base)
  })

  it('are told from others whose names begin alike', () => {
    const devices = { lfo: { type: 'lfo' }, lfo0: { type: 'lfo' } }
    const patch: Patch = { devices, connections: [['lfo0', 'lfo.phase']] }
    expect(edited(patch, rename('lfo', 'l')).connections).toEqual([['lfo0', 'l.phase']])
    expect(edited(patch, rename('lfo0', 'l')).connections).toEqual([['l', 'lfo.phase']])
  })

  it('take the place in the layout from a name that nobody has any more', () => {
    const patch = { devices: { a: { type: 'lfo' } }, layout: { a: 2, b: 1 } }
    expect(edited(patch, rename('a', 'b')).layout).toEqual({ b: 2 })
  })

  it.each([['text'], [null], [[1, 2]], [{ zoom: 2 }], [undefined]])('leave the layout %j alone', (layout) => {
    const patch = { devices: { a: { type: 'lfo' } }, ...(layout !== undefined && { layout }) }
    for (const edit of [remove('a'), rename('a', 'b')] as const)
      expect(Object.entries(edited(patch, edit)).filter(([key]) => key !== 'devices')).toEqual(
        Object.entries(patch).filter(([key]) => key !== 'devices'),
      )
  })

  it.each<[name: string, code: string]>([
    ['lfo0', 'duplicate-name'],
    ['volume', 'duplicate-name'],
    ['out', 'reserved-name'],
    ['keys', 'reserved-name'],
    ['', 'invalid-name'],
    ['a.b.c', 'invalid-name'],
    ['__proto__', 'invalid-name'],
    ['constructor', 'invalid-name'],
    ['x'.repeat(65), 'invalid-name'],
  ])('cannot be called %j', (name, code) => {
    expect(refused({ type: 'addDevice', name, device: { type: 'lfo' } })).toMatchObject({ code })
    expect(refused(rename('osc0', name))).toMatchObject({ code })
  })

  it.each(['', 'osc', '__proto__', 'constructor', 'a.b.c', 'osc0.', 'volume'])(
    'must be there: %j',
    (name) => {
      expect(refused(remove(name))).toMatchObject({ code: 'unknown-destination' })
      expect(refused(rename(name, 'b'))).toMatchObject({ code: 'unknown-destination' })
    },
  )
})

it('sets the voices', () => {
  expect(after({ type: 'setVoices', voices: 3 })).toEqual({ ...base, voices: 3 })
  expect(after({ type: 'setVoices', voices: { mode: 'mono' } }).voices).toEqual({ mode: 'mono' })
})

it('refuses an edit of no known type', () => {
  expect(refused({ type: 'explode' })).toMatchObject({ code: 'invalid-value', found: '"explode"' })
})

const parsed = (patch: Patch): unknown => parsePatch(patch, standard, out)
const nth = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)]
/** A patch and numbers that choose in it. */
const chosen = fc.tuple(patchArbitrary(6).map(frozen), fc.nat(), fc.nat())
const law = (check: (patch: Patch, a: number, b: number) => void): void =>
  fc.assert(
    fc.property(chosen, ([patch, a, b]) => check(patch, a, b)),
    runs(200),
  )

describe('laws of edits, for any patch that is valid', () => {
  it('connect and then disconnect changes nothing', () => {
    law((patch, a, b) => {
      const sources = [...Object.keys(patch.devices), ...Object.keys(patch.knobs ?? {})]
      const from = nth([...sources, ...keyNames.map((key) => `keys.${key}`)], a) ?? ''
      const ports = Object.entries(patch.devices).flatMap(([name, { type }]) =>
        portNames(standard[type as keyof typeof standard]).map((port) => `${name}.${port}`),
      )
      const to = nth(['out', 'out.level', ...ports], b) ?? ''
      const isThere = patch.connections?.some((cable) =>
        'from' in cable ? cable.from === from && cable.to === to : cable[0] === from && cable[1] === to,
      )
      const connected = edited(patch, connect(from, to, { amount: 0.5 }))
      const back = edited(connected, disconnect(from, to))
      if (isThere === true) expect(back.connections).toHaveLength((patch.connections?.length ?? 0) - 1)
      else expect(parsed(back)).toEqual(parsed(patch))
    })
  })

  it('addDevice and then removeDevice changes nothing', () => {
    law((patch, a) => {
      const add: Edit = {
        type: 'addDevice',
        name: 'added',
        device: { type: nth(Object.keys(standard), a) ?? '' },
      }
      const added = edited(patch, add)
      expect(checkPatch(added, standard, out).problems).toEqual([])
      expect(edited(added, remove('added'))).toEqual(patch)
    })
  })

  it('a rename there and back changes nothing, not even an order', () => {
    law((patch, a) => {
      const name = nth(Object.keys(patch.devices), a)
      if (name === undefined) return
      const there = edited(patch, rename(name, 'renamed'))
      const back = edited(there, rename('renamed', name))
      expect(JSON.stringify(back)).toBe(JSON.stringify(patch))
    })
  })

  it('a rename changes the name in the parsed patch and nothing else', () => {
    law((patch, a) => {
      const name = nth(Object.keys(patch.devices), a)
      if (name === undefined) return
      const text = JSON.stringify(parsed(edited(patch, rename(name, 'renamed'))))
      expect(text.replaceAll('"renamed"', JSON.stringify(name))).toBe(JSON.stringify(parsed(patch)))
    })
  })

  it('without any of its devices it is still valid, and so is what remains', () => {
    law((patch, a, b) => {
      let rest = patch
      for (const n of [a, b]) {
        const name = nth(Object.keys(rest.devices), n)
        if (name === undefined) return
        rest = edited(rest, remove(name))
        expect(checkPatch(rest, standard, out).problems).toEqual([])
        expect(JSON.stringify(rest)).not.toMatch(new RegExp(`"${name}["\\.]`))
      }
    })
  })

  it('anything else is refused by a MegasynthError or by checkPatch; no edit changes the patch or JavaScript itself', () => {
    const words = [
      '',
      '.',
      '__proto__',
      'constructor',
      'toString',
      'a.b.c',
      'out',
      'out.in',
      'out.level',
      'keys',
    ]
    const places = [
      'd0',
      'd1',
      'd0.in',
      'd1.cutoff',
      'd0.type',
      'd0.__proto__',
      'k0',
      'k1.value',
      'keys.gate',
    ]
    const word = fc.oneof(fc.constantFrom(...words, ...places), fc.string())
    const value = fc.oneof(word, fc.double(), fc.boolean(), fc.constant(undefined))
    const edit = fc.oneof(
      fc.record({
        type: fc.constantFrom('connect', 'disconnect'),
        from: word,
        to: word,
        amount: fc.option(fc.double(), { nil: undefined }),
        feedback: fc.option(fc.boolean(), { nil: undefined }),
      }),
      fc.record({ type: fc.constant('set'), place: word, value }),
      fc.record({
        type: fc.constantFrom('addDevice', 'removeDevice', 'renameDevice'),
        name: word,
        to: word,
        device: fc.record({ type: word }),
      }),
      fc.record({ type: fc.constantFrom('setVoices', 'mapKnob'), name: word, voices: value, midi: value }),
      fc.record({ type: word }),
    ) as fc.Arbitrary<Edit>
    const members = Object.getOwnPropertyNames(Object.prototype)
    fc.assert(
      fc.property(patchArbitrary(4).map(frozen), fc.array(edit, { maxLength: 5 }), (patch, edits) => {
        let current = patch
        for (const edit of edits)
          try {
            const next = frozen(edited(current, frozen(edit)))
            checkPatch(next, standard, out)
            current = next
          } catch (error) {
            expect(error).toBeInstanceOf(MegasynthError)
          }
        expect(Object.getPrototypeOf(current.devices)).toBe(Object.prototype)
        expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(members)
      }),
      runs(500),
    )
  })
})
