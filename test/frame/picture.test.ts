import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cli, scratch } from '../cli/helpers.ts'

const root = join(import.meta.dirname, '../..')
const folder = scratch()

it('the picture in README.md is the one that the command makes of the example today', async () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const [, shown = '', command = ''] =
    /!\[[^\]]+\]\((docs\/\w+\.svg)\)\s.*?npx megasynth (graph examples\/\w+\.ts) /s.exec(readme) ?? []
  expect([shown, command]).toEqual(['docs/tremolo.svg', 'graph examples/tremolo.ts'])
  const output = join(folder.path, 'again.svg')
  const { code, stderr } = await cli([...command.split(' '), '-o', output], { cwd: root })
  expect([code, stderr]).toEqual([0, ''])
  expect(readFileSync(join(root, shown), 'utf8')).toBe(readFileSync(output, 'utf8'))
})
