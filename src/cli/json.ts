import { fail } from '../errors/index.ts'

/** Deeper than any patch; a text of brackets alone must not exhaust the stack. */
const deepest = 256

/** Where a text stops being JSON. */
interface Mistake {
  readonly at: number
  readonly message: string
  readonly expected: string
}

class NotJson extends Error {
  readonly mistake: Mistake

  constructor(mistake: Mistake) {
    super(mistake.message)
    this.mistake = mistake
  }
}

const space = /[ \t\n\r]*/y
// oxlint-disable-next-line no-control-regex -- JSON forbids just these
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
// oxlint-disable-next-line no-control-regex -- as above
const unfinished = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{0,4}))*\\?$/y
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/**
 * Reads JSON. Unlike `JSON.parse` it always says where a mistake is, and refuses a key that is there twice: one of the
 * two would be lost without a word.
 *
 * @param shown what the file is called in errors
 * @throws MegasynthError `invalid-json` with line and column
 * @example
 * parseJson('{"devices": }', 'a.json') // a.json:1:13: there is a "}" too early
 */
export function parseJson(text: string, shown: string): unknown {
  try {
    check(text)
  } catch (error) {
    if (!(error instanceof NotJson)) throw error
    const { at, message, expected } = error.mistake
    return fail({ code: 'invalid-json', path: `${shown}:${placeIn(text, at)}`, message, expected })
  }
  return JSON.parse(text)
}

/** `line:column`, both from 1. */
function placeIn(text: string, at: number): string {
  const before = text.slice(0, at).split(/\r\n|\r|\n/)
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}

/** Walks through the text and throws where it is no JSON. */
function check(text: string): void {
  let at = 0

  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0] ?? ''
    at += found.length
    return found
  }
  const wrong = (message: string, expected: string, where = at): never => {
    throw new NotJson({ at: where, message, expected })
  }
  const unexpected = (expected: string): never => {
    take(unfinished)
    if (at >= text.length) return wrong('ends too early: the file may be truncated', expected)
    if (text[at] === "'") return wrong('there is a single quote', 'double quotes')
    if (text.startsWith('//', at) || text.startsWith('/*', at))
      return wrong('there is a comment', 'no comments: this is JSON')
    if (text[at] === '"')
      return wrong(
        'there is a text with a wrong escape or a line break in it',
        'text in double quotes, on one line',
      )
    return wrong(`there is ${JSON.stringify(text[at])} in the wrong place`, expected)
  }

  const members = (depth: number): void => {
    const keys = new Set<string>()
    for (let first = true; ; first = false) {
      take(space)
      if (text[at] === '}' && first) return void at++
      const start = at
      const key = take(string)
      if (key === '') return unexpected(first ? 'a key in double quotes, or }' : 'a key in double quotes')
      const name = JSON.parse(key) as string
      if (keys.has(name)) return wrong(`the key ${key} is there twice`, 'every key once', start)
      keys.add(name)
      take(space)
      if (text[at] !== ':') return unexpected(`: and a value for ${key}`)
      at++
      value(depth)
      take(space)
      if (text[at] === '}') return void at++
      if (text[at] !== ',') return unexpected(', or }')
      at++
    }
  }

  const elements = (depth: number): void => {
    take(space)
    if (text[at] === ']') return void at++
    for (;;) {
      value(depth)
      take(space)
      if (text[at] === ']') return void at++
      if (text[at] !== ',') return unexpected(', or ]')
      at++
    }
  }

  const value = (depth: number): void => {
    if (depth > deepest) return wrong('is nested too deep', `at most ${deepest} levels`)
    take(space)
    const start = text[at]
    if (start === '{' || start === '[') {
      at++
      return start === '{' ? members(depth + 1) : elements(depth + 1)
    }
    if (take(string) !== '' || take(scalar) !== '') return
    if (/NaN|-?Infinity/y.test(text.slice(at, at + 9)))
      return wrong('JSON has no NaN and no Infinity', 'a number')
    unexpected('a value')
  }

  value(0)
  take(space)
  if (at < text.length) unexpected('the end of the file')
}
