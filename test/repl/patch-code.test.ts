import { describe, expect, it } from 'vitest'
import { promptCode } from '../../src/repl/patch-code.ts'

describe('a patch file at the prompt', () => {
  it('gives its default export to a variable; its lines keep their numbers', () => {
    const file =
      "import { definePatch } from 'megasynth'\n\nexport default definePatch({\n  devices: {},\n})\n"
    expect(promptCode(file)).toEqual({
      code: '\n\n$patch = definePatch({\n  devices: {},\n})\n',
      exports: '$patch',
    })
  })

  it.each([
    ["import { a, b as c } from './x.js'", 'var { a, b: c } = await import("./x.js");'],
    ["import a, { b } from 'y';", 'var { default: a, b } = await import("y");'],
    ["import * as all from 'y'", 'var all = await import("y");'],
    ["import 'y'", 'await import("y");'],
    ["import type { Patch } from './types.ts'", ''],
    ["import {\n  definePatch,\n  semitones,\n} from 'megasynth'", '\n\n\n'],
    ['export const a = 1', 'const a = 1'],
  ])('%s', (line, code) => expect(promptCode(`${line}\n1`)).toEqual({ code: `${code}\n1` }))

  it.each([
    'note(60)',
    "const x = await import('y')",
    "'import x from y'",
    'importance = 3',
    'exporting',
    '  // export default',
  ])('leaves %s as it is', (code) => expect(promptCode(code)).toEqual({ code }))
})
