import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import { keyNames } from '../../src/patch/ports.ts'
import { engineSize, type EngineOptions } from '../../src/engine/index.ts'
import { cli } from '../cli/helpers.ts'

const text = readFileSync(new URL('../../docs/engines.md', import.meta.url), 'utf8')
const rows = Array.from(text.matchAll(/^\| `(\w+)` +\| (\d+) +\| (\d+) +\| (\d+) +\| (.*?) +\|$/gm))
const numbers = (text: string | undefined): number[] => text?.match(/\d+/g)?.map(Number) ?? []

/** All sizes of the engine, and what it says of one that is impossible. */
const sizes = Object.entries(engineSize()).filter(([name]) => name !== 'maxBuffers') as [
  keyof EngineOptions,
  number,
][]

function refusalOf(name: keyof EngineOptions): string | undefined {
  try {
    engineSize({ [name]: -1 })
  } catch (error) {
    if (error instanceof MegasynthError) return error.problems[0]?.expected
    throw error
  }
  return undefined
}

describe('docs/engines.md', () => {
  it('has every option of the engine, with its default and its range', () => {
    expect(rows.map(([, name, ...cells]) => [name, ...cells.slice(0, 3).map(Number)])).toEqual(
      sizes.map(([name, size]) => [name, size, ...numbers(refusalOf(name))]),
    )
    for (const [, name, , , , what] of rows)
      expect([name, what?.includes('a power of two')]).toEqual([
        name,
        refusalOf(name as keyof EngineOptions)?.includes('a power of two'),
      ])
  })

  it('counts the keys of a voice', () => {
    expect(/keys \((\d+) a voice\)/.exec(text)?.[1]).toBe(`${keyNames.length}`)
  })

  it('says which of them the command line has', async () => {
    const { stdout } = await cli(['render', '--help'])
    const offered = stdout.slice(stdout.indexOf('Sizes for --engine:'))
    for (const [, name = ''] of rows)
      expect([name, new RegExp(`^ {2}${name} `, 'm').test(offered)]).toEqual([
        name,
        name !== 'outputs' && name !== 'sampleRate',
      ])
    expect(text).toMatch(/`--sample-rate`.*\n?.*`--engine name=size`, except `outputs`/)
  })
})
