/** Where in a line the text that is being written stands: within quotes, in an argument of a call. */
export interface Unfinished {
  /** The function whose argument it is: `setKnob`. */
  readonly call: string
  /** Which of its arguments, from 0. */
  readonly argument: number
  /** The arguments before it, if they are texts. */
  readonly before: readonly (string | undefined)[]
  /** The key before it, in an object: `type`. */
  readonly key?: string
  readonly quote: string
  /** What has been written of it. */
  readonly text: string
}

interface OpenBracket {
  readonly bracket: string
  readonly call: string
  readonly texts: (string | undefined)[]
}

const token = /\s+|(['"`])((?:\\.|(?!\1)[^\\])*)(\1|$)|[A-Za-z_$][\w$]*|\d[\w.]*|=>|[^]/gy

/**
 * The text at the end of a line that has not been closed yet; undefined if the line ends elsewhere.
 *
 * @example
 * unfinishedText("connect('lfo0', 'filter0.") // { call: 'connect', argument: 1, before: ['lfo0'], text: 'filter0.', … }
 */
export function unfinishedText(line: string): Unfinished | undefined {
  const open: OpenBracket[] = []
  let word = ''
  let key: string | undefined
  token.lastIndex = 0
  for (const [piece, quote, text = '', end] of line.matchAll(token)) {
    const top = open.at(-1)
    if (quote !== undefined) {
      if (end === '') return within(open, quote, text, key)
      if (top?.texts.at(-1) === undefined) top?.texts.splice(-1, 1, text)
      word = ''
    } else if (/^\s/.test(piece)) continue
    else if ('([{'.includes(piece)) {
      open.push({ bracket: piece, call: piece === '(' ? word : '', texts: [undefined] })
      word = ''
    } else if (')]}'.includes(piece)) {
      open.pop()
      word = ''
    } else if (piece === ',') {
      top?.texts.push(undefined)
      word = ''
    } else if (piece === ':') key = word
    else word = /^[\w$]/.test(piece) ? piece : ''
    if (piece !== ':') key = undefined
  }
  return undefined
}

function within(
  open: readonly OpenBracket[],
  quote: string,
  text: string,
  key: string | undefined,
): Unfinished | undefined {
  const call = open.findLast(({ bracket }) => bracket === '(')
  if (call === undefined) return undefined
  return {
    call: call.call,
    argument: call.texts.length - 1,
    before: call.texts.slice(0, -1),
    ...(key !== undefined && { key }),
    quote,
    text,
  }
}
