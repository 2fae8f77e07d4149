import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const dist = join(import.meta.dirname, '../../dist')

it('what finds other files from where it lies is built one folder deep, as it lies in src/', () => {
  if (!existsSync(join(dist, 'index.js'))) throw new Error('dist/ is missing: run `npm run build` first')
  const finders = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .filter((name) => readFileSync(join(dist, name), 'utf8').includes('import.meta.url'))
  expect(finders).toContain(join('cli', 'main.js'))
  expect(finders.filter((name) => name.split(/[\\/]/).length !== 2)).toEqual([])
})
