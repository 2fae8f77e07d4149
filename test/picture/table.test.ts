import { describe, expect, it } from 'vitest'
import { table } from '../../src/picture/table.ts'

describe('a table', () => {
  it('aligns its columns and leaves no space at the end of a line', () => {
    expect(
      table([
        ['a', 'bb', 'c'],
        ['aaa', 'b', ''],
      ]),
    ).toEqual(['  a    bb  c', '  aaa  b'])
  })

  it('leaves out a column without any text', () => {
    expect(
      table(
        [
          ['a', '', 'c'],
          ['b', '', 'd'],
        ],
        { indent: 0 },
      ),
    ).toEqual(['a  c', 'b  d'])
  })

  it('breaks its last column within the width', () => {
    const lines = table([['name', 'one two three four five six seven']], { indent: 0, width: 30 })
    expect(lines).toEqual(['name  one two three four five', '      six seven'])
  })

  it('does not break a column that would be too narrow', () => {
    expect(table([['a long name of a port', 'one two three']], { width: 30 })).toHaveLength(1)
  })

  it('aligns by what is seen, not by the codes of colours', () => {
    const paint = [(text: string) => `<${text}>`]
    expect(
      table(
        [
          ['a', 'x'],
          ['aa', 'y'],
        ],
        { indent: 0, paint },
      ),
    ).toEqual(['<a >  x', '<aa>  y'])
  })

  it('aligns by columns of the screen: wide characters take two', () => {
    expect(
      table(
        [
          ['音', 'x'],
          ['aaa', 'y'],
        ],
        { indent: 0 },
      ),
    ).toEqual(['音   x', 'aaa  y'])
  })

  it('has no lines without rows', () => {
    expect(table([])).toEqual([])
  })
})
