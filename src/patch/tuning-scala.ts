import { MegasynthError, fail, show, type Problem } from '../errors/index.ts'
import { limits } from './limits.ts'
import { intervalPattern, tuningProblems, type KeyboardMap, type Tuning } from './tuning.ts'

// The format: https://www.huygens-fokker.org/scala/scl_format.html and help.htm#mappings there.

/** A line that counts, and its number in the file. */
interface Line {
  readonly text: string
  readonly number: number
}

/** What files are called in errors. */
interface Places {
  readonly scale?: string
  readonly keyboard?: string
}

/** Reads the lines of a file one by one; what is wrong is collected. */
class Reader {
  readonly problems: Problem[] = []
  readonly #place: string
  readonly #lines: readonly Line[]
  #next = 0

  constructor(text: string, place: string) {
    if (typeof text !== 'string')
      fail({
        code: 'invalid-tuning',
        path: place,
        message: 'is no text',
        found: show(text),
        expected: 'text',
      })
    if (text.length > limits.tuningText)
      fail({
        code: 'too-large',
        path: place,
        message: 'is too long for a tuning',
        found: `${text.length} characters`,
        expected: `at most ${limits.tuningText}`,
      })
    this.#place = place
    this.#lines = text
      .replace(/^\uFEFF/, '')
      .split(/\r\n|\r|\n/)
      .flatMap((text, i) => (text.startsWith('!') ? [] : [{ text, number: i + 1 }]))
  }

  /** The next line that is no comment. */
  line(expected: string): Line {
    return (
      this.#lines[this.#next++] ??
      fail({
        code: 'invalid-tuning',
        path: this.#place,
        message: 'ends too early',
        found: 'the end of the file',
        expected,
      })
    )
  }

  get isAtEnd(): boolean {
    return this.#lines.slice(this.#next).every(({ text }) => text.trim() === '')
  }

  wrong({ number, text }: Line, message: string, expected: string): void {
    this.problems.push({
      code: 'invalid-tuning',
      path: `${this.#place}, line ${number}`,
      message,
      found: show(text),
      expected,
    })
  }

  /** A number at the beginning of the next line; what follows it is ignored. */
  number(what: string, pattern: RegExp, low: number, high: number): number {
    const expected = `${what}, ${low}..${high}`
    const line = this.line(expected)
    const value = Number(pattern.exec(line.text)?.[1])
    if (value >= low && value <= high) return value
    this.wrong(line, Number.isNaN(value) ? 'is not a number' : 'is out of range', expected)
    return low
  }

  /** Throws what was found. */
  finish(): void {
    if (this.problems.length === 0) return
    throw new MegasynthError(this.problems.slice(0, limits.reportedCycles))
  }
}

// a number must end there: "3/2/1", "1e3" and "3/2.5" are none
const end = String.raw`(?![\d./]|[eE][+-]?\d)`
const whole = new RegExp(String.raw`^[ \t]*([+-]?\d{1,10})${end}`)
const decimal = /^[ \t]*([+-]?(?:\d{1,20}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?)(?![\d./])/
const pitch = new RegExp(
  String.raw`^[ \t]*([+-]?(?:\d{1,6}\.\d{0,40}|\.\d{1,40})|\d{1,100}(?:[ \t]*/[ \t]*\d{1,100})?)${end}`,
)

/** The description and the degrees of a `.scl` file. */
function readScale(text: string, place: string): Pick<Tuning, 'label' | 'scale'> {
  const reader = new Reader(text, place)
  const label = reader.line('a description of the scale').text.trim().slice(0, limits.textLength)
  const count = reader.number('a number of notes', whole, 0, limits.degrees)
  reader.finish()
  const scale: (number | string)[] = []
  for (let i = 1; i <= count; i++) {
    const line = reader.line(`${count} notes, of which this is the ${i}th`)
    const written = pitch.exec(line.text)?.[1]?.replaceAll(/[ \t]/g, '') ?? ''
    if (!intervalPattern.test(written))
      reader.wrong(line, 'is not a pitch', 'a ratio above 0 such as 3/2, or cents with a point')
    else scale.push(written.includes('.') ? Number(written) : written)
  }
  reader.finish()
  return { ...(label !== '' && { label }), scale }
}

/** The keyboard mapping of a `.kbm` file. */
function readKeyboard(text: string, place: string): KeyboardMap {
  const reader = new Reader(text, place)
  const size = reader.number('a number of keys in the map', whole, 0, limits.degrees)
  const first = reader.number('the first key', whole, 0, 127)
  const last = reader.number('the last key', whole, 0, 127)
  const middle = reader.number('the middle key', whole, 0, 127)
  const key = reader.number('the reference key', whole, 0, 127)
  const frequency = reader.number('its frequency in Hz', decimal, limits.lowestHertz, limits.highestHertz)
  const octave = reader.number('the degree of the octave', whole, 0, limits.degrees)
  reader.finish()
  const map: (number | 'x')[] = []
  while (map.length < size) {
    // silent keys may be left out at the end
    if (reader.isAtEnd) map.push('x')
    else {
      const line = reader.line('a degree')
      if (/^[ \t]*x(?![^ \t!])/i.test(line.text)) map.push('x')
      else {
        const degree = Number(whole.exec(line.text)?.[1])
        if (!(degree >= 0 && degree <= limits.degrees))
          reader.wrong(line, 'is no degree', `a whole number 0..${limits.degrees}, or x for a silent key`)
        map.push(degree)
      }
    }
  }
  reader.finish()
  return {
    ...(first !== 0 && { first }),
    ...(last !== 127 && { last }),
    middle,
    reference: { key, frequency },
    ...(size > 0 && { map }),
    // Scala writes 0 for the highest degree of the scale
    ...(size > 0 && octave > 0 && { octave }),
  }
}

/**
 * A tuning from the text of Scala files, as patch data. Of a file in Latin-1 the text is `new
 * TextDecoder('latin1').decode(bytes)`.
 *
 * @param scale text of a `.scl` file. Undefined: twelve equal steps
 * @param keyboard text of a `.kbm` file. Default: each key the next degree, degree 0 at C4
 * @param places what the files are called in errors
 * @throws MegasynthError `invalid-tuning` with every line that is wrong; `too-large`
 * @example
 * const pythagorean = tuningFromScala('Five tones\n 5\n 9/8\n 81/64\n 3/2\n 27/16\n 2/1')
 * const tuned = { ...patch, tuning: pythagorean }
 */
export function tuningFromScala(
  scale: string | undefined,
  keyboard?: string,
  { scale: scalePlace = '.scl', keyboard: keyboardPlace = '.kbm' }: Places = {},
): Tuning {
  const tuning: Tuning = {
    ...(scale !== undefined && readScale(scale, scalePlace)),
    ...(keyboard !== undefined && { keyboard: readKeyboard(keyboard, keyboardPlace) }),
  }
  const problems = tuningProblems(tuning)
  if (problems.length > 0)
    throw new MegasynthError(
      problems.map((problem) => ({ ...problem, code: 'invalid-tuning', path: keyboardPlace })),
    )
  return tuning
}
