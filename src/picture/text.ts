import { eastAsianWidth } from 'get-east-asian-width'

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * A text of the user's as one harmless line: control characters, half surrogates and what turns the direction of writing
 * become a space or nothing, and it is shortened to so many columns.
 *
 * @example
 * oneLine('Depth\u001b[31m', 20) // 'Depth [31m'
 */
export function oneLine(text: string, columns: number): string {
  const clean = text
    .replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]+/gu, ' ')
    .replaceAll(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, '')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
  return shortened(clean, columns)
}

/** A text of at most so many columns; what is left out is shown as `…`. */
export function shortened(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  let short = ''
  let used = 1
  for (const { segment } of segmenter.segment(text)) {
    used += columnsOf(segment)
    if (used > columns) break
    short += segment
  }
  return columns < 1 ? '' : `${short.trimEnd()}…`
}

/** How many columns of a terminal a text takes: wide characters take two, accents that join a letter none. */
export function columnsOf(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length
  return Array.from(segmenter.segment(text), ({ segment }) => widthOf(segment)).reduce((a, b) => a + b, 0)
}

function widthOf(grapheme: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]+$/u.test(grapheme)) return 0
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(grapheme)) return 2
  return eastAsianWidth(grapheme.codePointAt(0) ?? 0)
}

/** A text with spaces behind it, so that it takes so many columns. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)))
}

/** Breaks a text between words. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && columnsOf(line) + 1 + columnsOf(word) <= columns)
      lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}
