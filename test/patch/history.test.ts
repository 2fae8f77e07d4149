import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHistory, record, redone, undone, type History, type Patch } from '../../src/patch/index.ts'
import { tremolo } from './tremolo.ts'

const patches = Array.from({ length: 5 }, (_, i): Patch => ({ ...tremolo, tempo: 100 + i }))
const [a, b, c] = patches as [Patch, Patch, Patch]

describe('a history', () => {
  it('begins with a patch and no way back or forth', () => {
    const history = createHistory(a)
    expect(history).toEqual({ past: [], present: a, future: [] })
    expect(undone(history)).toBeUndefined()
    expect(redone(history)).toBeUndefined()
  })

  it('goes back step by step and forth again', () => {
    const all = record(record(createHistory(a), b), c)
    const once = undone(all)
    const twice = once && undone(once)
    expect([all, once, twice].map((history) => history?.present)).toEqual([c, b, a])
    expect(twice?.future).toEqual([b, c])
    expect(twice && undone(twice)).toBeUndefined()
    expect(twice && redone(twice)).toEqual(once)
    expect(once && redone(once)).toEqual(all)
  })

  it('forgets what was undone when another step is made', () => {
    const back = undone(record(createHistory(a), b)) as History
    expect(record(back, c)).toEqual({ past: [a], present: c, future: [] })
  })

  it('takes a patch that says the same for no step, whatever object it is, and keeps what can be redone', () => {
    const back = undone(record(createHistory(a), b)) as History
    const { connections, devices, ...rest } = structuredClone(a)
    expect(record(back, { connections, devices, ...rest, format: undefined } as unknown as Patch)).toBe(back)
  })

  it.each<[string, Patch]>([
    ['a value', { ...a, tempo: 3 }],
    ['a key more', { ...a, format: 1 }],
    ['a key less', { devices: a.devices }],
    ['a cable less', { ...a, connections: a.connections?.slice(1) ?? [] }],
    ['another order of cables', { ...a, connections: a.connections?.toReversed() ?? [] }],
    ['an object in place of an array', { ...a, connections: { ...a.connections } as never }],
    ['an array in place of nothing', { ...a, layout: [] }],
    ['null in place of nothing', { ...a, layout: null }],
  ])('takes %s for a step', (_, patch) => {
    expect(record(createHistory(a), patch).past).toEqual([a])
    expect(record(createHistory(patch), a).past).toEqual([patch])
  })

  it('forgets the oldest steps beyond its limit, 200 by default', () => {
    const many = Array.from({ length: 250 }, (_, tempo): Patch => ({ devices: {}, tempo }))
    const all = many.reduce((history, patch) => record(history, patch), createHistory(a))
    expect(all.past).toEqual(many.slice(49, 249))
    expect(record(all, a, 3).past).toEqual(many.slice(247))
    expect(record(all, a, 0)).toEqual({ past: [], present: a, future: [] })
  })

  it('is found again after any number of steps back and as many forth, and never holds more than its limit', () => {
    const steps = fc.array(fc.oneof(fc.constantFrom(...patches), fc.constantFrom('undo', 'redo')), {
      maxLength: 30,
      size: 'max',
    })
    fc.assert(
      fc.property(steps, fc.nat({ max: 6 }), (list, limit) => {
        let history = createHistory(a)
        for (const step of list) {
          const back = undone(history)
          const forth = redone(history)
          if (back) expect(redone(back)).toEqual(history)
          if (forth) expect(undone(forth)).toEqual(history)
          const before = structuredClone(history)
          const next = step === 'undo' ? back : step === 'redo' ? forth : record(history, step, limit)
          expect(history).toEqual(before)
          history = next ?? history
          expect(history.past.length + history.future.length).toBeLessThanOrEqual(limit)
        }
      }),
    )
  })
})
