import { describe, expect, it } from 'vitest'
import { columnsOf, oneLine, padded, shortened, wrap } from '../../src/picture/text.ts'

describe('columns', () => {
  it.each([
    ['', 0],
    ['filter0', 7],
    ['電子', 4],
    ['🎹', 2],
    ['👩‍👩‍👧', 2],
    ['❤️', 2],
    ['e\u0301', 1],
    ['\u0301', 0],
    ['× −0.5 …', 8],
  ])('of %j are %d', (text, columns) => expect(columnsOf(text)).toBe(columns))

  it('are filled with spaces', () => expect([padded('電', 4), padded('abc', 2)]).toEqual(['電  ', 'abc']))
})

describe('a text that is too long', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['ab cd', 4, 'ab…'],
    ['電子音', 5, '電子…'],
    ['電子音', 4, '電…'],
    ['👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('%j in %d columns is %j', (text, columns, short) => {
    expect(shortened(text, columns)).toBe(short)
    expect(columnsOf(short)).toBeLessThanOrEqual(columns)
  })
})

describe('a text of the user', () => {
  it('becomes one harmless line', () => {
    expect(oneLine(' a\u001b[31m\r\n\tb \u2028 c\u202e\ud800\u0000d\u200f ', 40)).toBe('a [31m b c d')
  })
})

describe('wrapping', () => {
  it('keeps every word, longer ones too', () => {
    expect(wrap('a bb cccccccc d', 4)).toEqual(['a bb', 'cccccccc', 'd'])
  })
})
