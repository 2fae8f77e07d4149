import { MegasynthError, fail, type Problem } from '../errors/index.ts'
import { patchToJson, type Patch } from '../patch/index.ts'
import { isPlainObject, pathTo } from '../patch/plain.ts'
import { PatchProblems } from './failure.ts'
import { parseJson } from './json.ts'

/** Languages that patches are written in. */
export type PatchLanguage = 'json' | 'typescript' | 'javascript'

/** How code is written: as `patchToTypeScript` writes it. What is in a text (CSS, Markdown) is left alone. */
const style = {
  semi: false,
  singleQuote: true,
  printWidth: 110,
  trailingComma: 'all',
  endOfLine: 'lf',
  embeddedLanguageFormatting: 'off',
} as const

/** Rounds after which a text that is still changing never comes to rest. */
const patience = 5

/**
 * The one way to write what a patch file says. Only the layout changes: comments, imports and code stay, and so does the
 * patch. Nothing is run. What is formatted already stays as it is.
 *
 * @param shown what the file is called in errors
 * @throws MegasynthError `invalid-json`, `not-a-patch`, `out-of-range` (a number beyond what a computer has), `too-large`;
 * `patch-file-threw` with the place of a syntax error; `not-formatted` if there is no such way
 * @example
 * await formatPatchText('{"devices":{}}', 'json', 'empty.json') // '{\n  "devices": {}\n}\n'
 */
export async function formatPatchText(text: string, language: PatchLanguage, shown: string): Promise<string> {
  if (language === 'json') return formatJson(text, shown)
  // a million characters of program: only for those who format code
  const [{ format }, estree, parser] = await Promise.all([
    import('prettier/standalone'),
    import('prettier/plugins/estree'),
    language === 'typescript' ? import('prettier/plugins/typescript') : import('prettier/plugins/babel'),
  ])
  const options = {
    ...style,
    parser: language === 'typescript' ? 'typescript' : 'babel',
    plugins: [estree, parser],
  }
  try {
    return await settled(text, async (code) => await format(code, options), shown)
  } catch (error) {
    if (error instanceof MegasynthError) throw error
    throw new MegasynthError([syntaxProblem(error, shown)], { cause: error })
  }
}

function formatJson(text: string, shown: string): string {
  const value = parseJson(text, shown)
  if (!isPatchLike(value))
    fail({
      code: 'not-a-patch',
      path: shown,
      message: 'is not a patch',
      expected: 'an object with "devices"',
    })
  const endless = infinities(value)
  if (endless.length > 0) throw new PatchProblems(shown, endless)
  try {
    return patchToJson(value as Patch)
  } catch (error) {
    throw error instanceof MegasynthError ? new PatchProblems(shown, error.problems) : error
  }
}

/** Whether JSON is meant to be a patch, valid or not: package.json is none. */
export const isPatchLike = (value: unknown): boolean =>
  isPlainObject(value) && isPlainObject(value['devices'])

/** JSON may say 1e999, which reads as infinity, and infinity cannot be written. */
function infinities(value: unknown, path = ''): Problem[] {
  if (value === Infinity || value === -Infinity)
    return [
      {
        code: 'out-of-range',
        path,
        message: 'is too large for a number',
        found: String(value),
        expected: 'at most 1.7e308',
      },
    ]
  if (typeof value !== 'object' || value === null) return []
  const members = Array.isArray(value) ? value.entries() : Object.entries(value)
  return [...members].flatMap(([key, member]) => infinities(member, pathTo(path, key)))
}

/**
 * What a formatter comes to when it is applied to its own result: some take two rounds to make up their mind.
 *
 * @throws MegasynthError `not-formatted` if it never does
 */
export async function settled(
  text: string,
  format: (text: string) => Promise<string>,
  shown: string,
): Promise<string> {
  let before = text
  for (let round = 0; round < patience; round++) {
    const after = await format(before)
    if (after === before) return after
    before = after
  }
  return fail({
    code: 'not-formatted',
    path: shown,
    message: 'looks different each time it is formatted: it is left as it is',
    suggestion: 'put // prettier-ignore above the line that is never at rest',
  })
}

function syntaxProblem(error: unknown, shown: string): Problem {
  const { message, loc } = error as { message?: string; loc?: { start?: { line: number; column: number } } }
  const place = loc?.start === undefined ? '' : `:${loc.start.line}:${loc.start.column}`
  return {
    code: 'patch-file-threw',
    path: `${shown}${place}`,
    message: 'has a syntax error',
    // without the excerpt of the file, and the place a second time
    found: (message ?? String(error)).split('\n', 1)[0]?.replace(/ \(\d+:\d+\)$/, '') ?? '',
    expected: 'TypeScript or JavaScript',
  }
}
