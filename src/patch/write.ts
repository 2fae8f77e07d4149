import { MegasynthError } from '../errors/index.ts'
import { isPlainObject, plainCopy, type PlainObject } from './plain.ts'
import { keysAt } from './schema.ts'
import type { Patch } from './types.ts'

/** In what the languages of patches differ. */
interface Language {
  /** Columns of a line, where a value can be broken. */
  readonly width: number
  /** What follows the last of several lines. */
  readonly lastComma: '' | ','
  readonly text: (value: string) => string
  readonly key: (name: string) => string
  /** Keys of the patch whose members stand on lines of their own, however short they are. */
  readonly open: readonly string[]
  /** Whether a value that is too long beside its key goes below it. */
  readonly breaksAfterColon: boolean
  /** The same in letters that are one column wide on every screen; absent where a column more or less is no matter. */
  readonly measurable?: Language
}

const json: Language = {
  width: 100,
  lastComma: '',
  text: (value) => literal(value, '"'),
  key: (name) => literal(name, '"'),
  open: ['devices', 'connections'],
  breaksAfterColon: false,
}

const inAscii: Language = {
  width: 110,
  lastComma: ',',
  text: (value) => ascii(inQuotes(value)),
  key: (name) => {
    // as a plain key it would be the prototype and no member
    if (name === '__proto__') return "['__proto__']"
    return /^[A-Za-z_$][\w$]*$/.test(name) ? name : ascii(inQuotes(name))
  },
  open: ['devices'],
  breaksAfterColon: true,
}

/** As prettier formats it, so that a file that is formatted stays as it is. */
const typescript: Language = { ...inAscii, text: inQuotes, measurable: inAscii }

/**
 * A patch as a JSON file: indented by two, one cable per line, a device or knob on one line where it fits 100 columns,
 * ending in a line break. Keys of the patch come in the order of the documentation, names in the order of the patch.
 *
 * @throws MegasynthError `invalid-value` if something in it is no data (a function, an instance of a class, a getter)
 * @example
 * JSON.parse(patchToJson(patch)) // the same patch
 */
export function patchToJson(patch: Patch): string {
  return `${wholePatch(patch, json)}\n`
}

/**
 * A patch as a TypeScript file that exports it by default, checked by `definePatch`. It is formatted as prettier would,
 * without semicolons, with single quotes and 110 columns. Device types of your own play from it, but the compiler knows
 * them only after you pass your catalogue to `definePatch` there.
 *
 * @throws MegasynthError `invalid-value` if something in it is no data (a function, an instance of a class, a getter)
 * @example
 * patchToTypeScript(patch) // "import { definePatch } from 'megasynth'\n\nexport default definePatch({ …"
 */
export function patchToTypeScript(patch: Patch): string {
  const body = wholePatch(patch, typescript)
  return `import { definePatch } from 'megasynth'\n\nexport default definePatch(${body})\n`
}

function wholePatch(patch: Patch, language: Language): string {
  const { copy, problems } = plainCopy(patch)
  if (problems.length > 0) throw new MegasynthError(problems)
  const known = keysAt([])
  const rank = (key: string): number => (known.includes(key) ? known.indexOf(key) : known.length)
  const members = Object.entries(copy as PlainObject)
    .toSorted(([a], [b]) => rank(a) - rank(b))
    .map(([key, value]) => member(key, value, 2, language, language.open.includes(key)))
  return lines('{', members, '}', 0, language)
}

/** `key: value`, where the key begins at column `indent`. */
function member(name: string, value: unknown, indent: number, language: Language, open = false): string {
  const key = `${language.key(name)}:`
  const beside = printed(value, indent + key.length + 1, indent, language, open)
  const [first = ''] = beside.split('\n', 1)
  const end = indent + key.length + 1 + columns(first).most + (first === beside ? 1 : 0)
  if (end <= language.width || !language.breaksAfterColon || staysBeside(key, value))
    return `${key} ${beside}`
  const below = isLeaf(value) ? beside : printed(value, indent + 2, indent + 2, language, open)
  return `${key}\n${spaces(indent + 2)}${below}`
}

/** What prettier leaves beside its key however long the line is: there is little to win below a short key. */
function staysBeside(key: string, value: unknown): boolean {
  return key.length <= 5 || typeof value === 'boolean' || (Number.isFinite(value) && Number(value) >= 0)
}

/** A value that begins at `column` of a line that is indented by `indent`, with a comma after it. */
function printed(value: unknown, column: number, indent: number, language: Language, open = false): string {
  const line = flat(value, language)
  if (line !== undefined && (!open || isLeaf(value))) {
    const room = language.width - column - 1
    const { least, most } = columns(line)
    if (most <= room) return line
    // an object may always be opened; of anything else prettier says when, by a width that is not known exactly
    if (least <= room && language.measurable !== undefined && !isPlainObject(value))
      return printed(value, column, indent, language.measurable)
    if (isLeaf(value)) return line
  }
  if (!Array.isArray(value)) {
    const members = Object.entries(value as PlainObject)
    return lines(
      '{',
      members.map(([key, item]) => member(key, item, indent + 2, language)),
      '}',
      indent,
      language,
    )
  }
  const items = value.every((item) => Number.isFinite(item))
    ? filled(value, language.width - indent - 2)
    : value.map((item) => printed(item, indent + 2, indent + 2, language))
  return lines('[', items, ']', indent, language)
}

const spaces = (count: number): string => ' '.repeat(count)

/** Several values on lines of their own, between brackets. */
function lines(
  open: string,
  items: readonly string[],
  close: string,
  indent: number,
  language: Language,
): string {
  const inner = items.map((item) => spaces(indent + 2) + item).join(',\n')
  return `${open}\n${inner}${language.lastComma}\n${spaces(indent)}${close}`
}

/** Numbers, as many on each line as fit with a comma after them. */
function filled(numbers: readonly number[], room: number): string[] {
  const rows: string[] = []
  for (const number of numbers) {
    const last = rows.pop()
    const longer = last === undefined ? numeral(number) : `${last}, ${numeral(number)}`
    if (last === undefined || longer.length < room) rows.push(longer)
    else rows.push(last, numeral(number))
  }
  return rows
}

function isLeaf(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0
}

/** The value on one line; undefined if it takes several, however short it is. */
function flat(value: unknown, language: Language): string | undefined {
  if (typeof value === 'string') return language.text(value)
  if (typeof value === 'number') return numeral(value)
  if (Array.isArray(value)) {
    const items = value.map((item) => flat(item, language))
    return items.includes(undefined) || isTable(value) ? undefined : `[${items.join(', ')}]`
  }
  if (!isPlainObject(value)) return typeof value === 'boolean' ? String(value) : 'null'
  const items = Object.entries(value).map(([key, item]) => [language.key(key), flat(item, language)] as const)
  if (items.length === 0) return '{}'
  if (items.some(([, item]) => item === undefined)) return undefined
  return `{ ${items.map(([key, item]) => `${key}: ${item}`).join(', ')} }`
}

/** Several arrays, or several objects, none of which is short: prettier puts each on its own line. */
function isTable(items: readonly unknown[]): boolean {
  const isRow = (item: unknown): boolean =>
    typeof item === 'object' &&
    item !== null &&
    Array.isArray(item) === Array.isArray(items[0]) &&
    Object.keys(item).length > 1
  return items.length > 1 && items.every(isRow)
}

/** In JSON there is no number that is not finite. */
function numeral(value: number): string {
  return Number.isFinite(value) ? String(value).replace('e+', 'e') : 'null'
}

/** How wide a line is at least and at most: how wide a letter beyond ASCII is, programs disagree. */
function columns(line: string): { readonly least: number; readonly most: number } {
  const least = line.replaceAll(/[^ -~]/g, '').length
  return { least, most: least + 2 * (line.length - least) }
}

/** Single quotes, unless the text has more of these than of double ones. */
function inQuotes(value: string): string {
  const count = (quote: string): number => value.split(quote).length
  return literal(value, count("'") > count('"') ? '"' : "'")
}

/** A text as it is written in JSON and in JavaScript; letters that no screen shows are escaped. */
function literal(value: string, quote: '"' | "'"): string {
  const inner = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll(quote, `\\${quote}`)
  return quote + inner.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ascii) + quote
}

function ascii(text: string): string {
  return text.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
