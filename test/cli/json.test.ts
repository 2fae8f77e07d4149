import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../src/cli/json.ts'
import type { MegasynthError } from '../../src/errors/index.ts'

function problemIn(text: string): { path: string; message: string; expected: string | undefined } {
  try {
    parseJson(text, 'a.json')
  } catch (error) {
    const problem = (error as MegasynthError).problems[0]
    expect(problem?.code).toBe('invalid-json')
    return { path: problem?.path ?? '', message: problem?.message ?? '', expected: problem?.expected }
  }
  throw new Error(`${text} was read`)
}

const accepts = (text: string, parse: (text: string) => unknown): boolean => {
  try {
    parse(text)
    return true
  } catch {
    return false
  }
}

describe('JSON', () => {
  it('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
        const value: unknown = JSON.parse(text)
        const written = JSON.stringify(value, undefined, indent)
        expect(parseJson(written, 'a.json')).toEqual(value)
      }),
    )
  })

  it('is accepted exactly if JSON.parse accepts it, also when a character is changed', () => {
    const anywhere = fc.tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom(...'{}[]:,"\\tfn0-.eE \n\u0001'),
      fc.nat({ max: 1 }),
    )
    fc.assert(
      fc.property(anywhere, ([text, at, character, removed]) => {
        const i = at % (text.length + 1)
        const changed = text.slice(0, i) + character + text.slice(i + removed)
        const twice = /is there twice/.test(
          accepts(changed, (t) => parseJson(t, '')) ? '' : problemIn(changed).message,
        )
        expect(accepts(changed, (t) => parseJson(t, ''))).toBe(
          accepts(changed, (t) => JSON.parse(t) as unknown) && !twice,
        )
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['{\n  "a": 1,\n}', '3:1', 'there is "}" in the wrong place'],
    ['{"a": tru}', '1:7', 'there is "t" in the wrong place'],
    ['[1, 2', '1:6', 'ends too early: the file may be truncated'],
    ['', '1:1', 'ends too early: the file may be truncated'],
    ['{"a": "b', '1:9', 'ends too early: the file may be truncated'],
    ['{"a": "b\\', '1:10', 'ends too early: the file may be truncated'],
    ['{"a": "\\x"}', '1:7', 'there is a text with a wrong escape or a line break in it'],
    ["{'a': 1}", '1:2', 'there is a single quote'],
    ['{\r\n// no\r\n}', '2:1', 'there is a comment'],
    ['{"a": NaN}', '1:7', 'JSON has no NaN and no Infinity'],
    ['{"a": 1} x', '1:10', 'there is "x" in the wrong place'],
    ['{"a": 1, "b": 2, "a": 3}', '1:18', 'the key "a" is there twice'],
    ['{"a": 1, "\\u0061": 3}', '1:10', 'the key "\\u0061" is there twice'],
    ['['.repeat(100_000), '1:258', 'is nested too deep'],
  ])('%j is refused at %s', (text, place, message) => {
    expect(problemIn(text)).toMatchObject({ path: `a.json:${place}`, message })
  })
})
