import { describe, expect, it } from 'vitest'
import { typeCheck, typeErrors } from './check.ts'

describe('the check of types that the other tests of this folder stand on', () => {
  it('finds nothing in good code', () => {
    expect(typeErrors('export const n: number = 1')).toEqual([])
  })

  it('names the line and the message of each error, in order', () => {
    const code = `const colours = { amber: 1 }
export const good = colours.amber
export const bad = colours.ambre
export const worse: string = good`
    expect(typeErrors(code)).toEqual([
      { line: 3, message: expect.stringContaining("Did you mean 'amber'?") },
      { line: 4, message: "Type 'number' is not assignable to type 'string'." },
    ])
  })

  it('finds errors of syntax', () => {
    expect(typeErrors('const = 1')[0]).toMatchObject({ line: 1 })
  })

  it('keeps nothing of the snippet before', () => {
    expect(typeErrors('export const a: string = 1')).toHaveLength(1)
    expect(typeErrors('export const a: string = "1"')).toEqual([])
    expect(typeErrors('export const b = a')).toHaveLength(1)
  })

  it('resolves the sources of the project as any user resolves the package', () => {
    const code = `import { encodeSynthDefs } from 'megasynth/scsynth'
export const bytes: string = encodeSynthDefs`
    expect(typeErrors(code)).toEqual([{ line: 2, message: expect.stringContaining('not assignable') }])
  })

  it('counts the work of the checker, the same every time', () => {
    const small = 'type Box<T> = { value: T }\nexport const x: Box<1> = { value: 1 }'
    const large = `type Count<N extends number, A extends 0[] = []> = A['length'] extends N ? A : Count<N, [...A, 0]>
export const x: Count<200>['length'] = 200`
    const work = typeCheck(small).instantiations
    expect(typeCheck(large).instantiations).toBeGreaterThan(work + 200)
    expect(typeCheck(small).instantiations).toBe(work)
  })
})
