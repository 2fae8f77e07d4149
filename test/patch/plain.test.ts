import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { checkPatch } from '../../src/patch/index.ts'
import { limits } from '../../src/patch/limits.ts'
import { tremolo } from './tremolo.ts'

const check = (data: unknown): string[] =>
  checkPatch(data, standard, out).problems.map(({ code, path, message }) => `${code} ${path}: ${message}`)

class Device {
  readonly type = 'lfo'
}

describe('hostile values', () => {
  it('never runs a getter', () => {
    let runs = 0
    const data = {
      devices: {
        get lfo0() {
          runs++
          return { type: 'lfo' }
        },
      },
      connections: [['lfo0', 'out']],
    }
    expect(check(data)).toEqual(['invalid-value devices.lfo0: is a getter, which is no data'])
    expect(runs).toBe(0)
  })

  it('refuses functions, symbols, bigints and instances where they stand', () => {
    const devices = {
      a: { type: 'lfo', frequency: 1n },
      b: new Device(),
      c: { type: 'lfo', label: Symbol('x') },
    }
    expect(check({ devices, layout: { f: () => 1 }, connections: [['b', 'out'], new Map()] })).toEqual([
      'invalid-value devices.a.frequency: is a bigint, which is no data',
      'invalid-value devices.b: is an instance of a class, which is no data',
      'invalid-value devices.c.label: is a symbol, which is no data',
      'invalid-value layout.f: is a function, which is no data',
      'invalid-value connections[1]: is an instance of a class, which is no data',
    ])
  })

  it('refuses what contains itself, and what is nested too deep', () => {
    const layout: Record<string, unknown> = {}
    layout['self'] = layout
    expect(check({ devices: {}, layout })).toEqual(['invalid-value layout.self: contains itself'])
    let deep: unknown = 0
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(check({ devices: {}, layout: deep })).toEqual([
      expect.stringContaining(`is nested deeper than ${limits.depth} levels`),
    ])
  })

  it('accepts a value that stands in several places, but not when they multiply without end', () => {
    const lfo = { type: 'lfo' }
    expect(check({ devices: { a: lfo, b: lfo } })).toEqual([])
    let bomb: unknown = 'x'
    for (let i = 0; i < 30; i++) bomb = [bomb, bomb]
    expect(check({ devices: {}, layout: bomb })).toEqual(['too-large : The patch is too large.'])
    expect(check({ devices: {}, layout: Array.from({ length: 1 }).concat(Array(2 ** 31)) })).toEqual([
      'too-large : The patch is too large.',
    ])
  })

  it('survives a proxy that throws', () => {
    const proxy = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('no')
        },
      },
    )
    expect(check(proxy)).toEqual(['not-a-patch : cannot be read'])
    expect(check({ devices: proxy })).toEqual(['not-a-patch : cannot be read'])
  })

  it('is not fooled by keys that objects inherit', () => {
    const data = JSON.parse(
      '{ "__proto__": { "devices": {} }, "devices": { "lfo0": { "type": "lfo", "__proto__": 1 } } }',
    ) as unknown
    expect(check(data).toSorted()).toEqual([
      'unknown-key __proto__: is not a key of this object',
      'unknown-port devices.lfo0.__proto__: lfo has no port or option "__proto__"',
    ])
  })

  it('accepts plain objects of another realm, without a prototype, frozen, and with undefined members', () => {
    expect(check(runInNewContext(`(${JSON.stringify(tremolo)})`))).toEqual([])
    expect(check(Object.assign(Object.create(null), tremolo))).toEqual([])
    expect(check(Object.freeze({ ...tremolo, tempo: undefined }))).toEqual([])
  })
})
