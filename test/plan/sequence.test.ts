import { describe, expect, it } from 'vitest'
import { arrange, sequence, type Member } from '../../src/plan/sequence.ts'

/** `3 filter: a b > c`: id, name, what it reads, what it writes. */
const member = (text: string): Member => {
  const [, id = '', name = '', reads = '', writes = ''] = /^(\d+) (\w+):(.*)>(.*)$/.exec(text) ?? []
  const buses = (list: string): number[] =>
    Array.from(list.replaceAll(' ', ''), (letter) => letter.codePointAt(0) ?? 0)
  return { id: Number(id), name, reads: buses(reads), writes: buses(writes) }
}
const order = (wanted: string[], leaving: string[], present: number[]): number[] =>
  sequence(wanted.map(member), leaving.map(member), present).map(({ id }) => id)

describe('the order of a group', () => {
  it('is that of what is wanted', () => {
    expect(order(['2 b: > y', '1 a: y >'], [], [1, 2])).toEqual([2, 1])
  })
  it('has what leaves in front of its successor, which fades over it', () => {
    expect(order(['1 a: > x', '5 f: x > y', '3 out: y >'], ['2 f: x > y'], [1, 2, 3])).toEqual([1, 2, 5, 3])
  })
  it('has what leaves behind all that it reads, though its successor comes earlier', () => {
    expect(order(['5 f: > y', '1 a: y > x'], ['2 f: x > y'], [1, 2])).toEqual([5, 1, 2])
  })
  it('has what leaves in front of all that reads it, though it has no successor', () => {
    expect(order(['3 out: x >', '4 b: >'], ['1 a: > x'], [4, 1])).toEqual([1, 3, 4])
  })
  it('stays as it is where nothing is born and nothing moves', () => {
    expect(order(['3 b: >', '4 c: y >'], ['2 a: > y'], [3, 2, 4])).toEqual([3, 2, 4])
    expect(order(['4 c: >', '3 b: >'], ['2 a: >'], [3, 2, 4])).toEqual([2, 4, 3])
  })
  it('leaves alone what nobody reads and that has no successor', () => {
    expect(order(['1 a: >', '3 c: >'], ['2 b: >'], [1, 2, 3])).toEqual([1, 2, 3])
  })
  it('is the same when it is asked for again, with three of one name', () => {
    const wanted = ['7 a: > x']
    const leaving = ['5 a: > x', '6 a: > x']
    expect(order(wanted, leaving, [5, 6])).toEqual([5, 6, 7])
    expect(order(wanted, leaving.toReversed(), [5, 6, 7])).toEqual([5, 6, 7])
  })
})

describe('the way to an order', () => {
  it('tells where each goes that is new or stands elsewhere', () => {
    const at = (target: number) => ({ action: 'after', target })
    expect(arrange(9, [3, 1, 5], [1, 2, 3])).toEqual([
      { id: 3, at: { action: 'head', target: 9 }, isNew: false },
      { id: 5, at: at(1), isNew: true },
    ])
  })
  it('is nothing where all stand as they should', () => {
    expect(arrange(9, [1, 2], [1, 2, 7])).toEqual([])
  })
})
