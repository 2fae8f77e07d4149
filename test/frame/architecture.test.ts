import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
const chapter = (title: string): string => text.split(/^## /m).find((one) => one.startsWith(title)) ?? ''

describe('ARCHITECTURE.md', () => {
  it('says of every dependency why it is one', () => {
    const told = chapter('Dependencies, and why')
    const rows = Array.from(told.matchAll(/^- `(.+?)`: .{10}/gm), ([, name]) => name)
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    ) as Readonly<Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>>
    expect(rows).toHaveLength(new Set(rows).size)
    expect(new Set(rows)).toEqual(new Set(Object.keys(dependencies)))
    const others = Object.keys(devDependencies).filter((name) => !name.startsWith('@types/'))
    expect(others.filter((name) => !told.includes(`\`${name}\``))).toEqual([])
  })

  it('has every folder of src in its code map, and only files that are there', () => {
    const rows = Array.from(
      chapter('Code map').matchAll(/^- `(src\/[\w.]+)`: (.*(?:\n {2}.*)*)/gm),
      ([, place = '', what = '']) => ({ place, files: Array.from(what.matchAll(/`([\w.-]+\.ts)`/g), ([, file]) => file ?? '') }), // prettier-ignore
    )
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((one) => one.isDirectory())
    const told = rows.map(({ place }) => place).filter((place) => !place.endsWith('.ts'))
    expect(told).toHaveLength(folders.length)
    expect(new Set(told)).toEqual(new Set(folders.map(({ name }) => `src/${name}`)))
    const lost = rows.flatMap(({ place, files }) => files.map((file) => join(place, file)))
    expect(lost.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

const pages = ['.', 'docs'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
)

it.each(pages)('%s names no file that is not there', (page) => {
  const written = readFileSync(join(root, page), 'utf8')
  const paths = Array.from(written.matchAll(/`((?:src|test|examples|docs|bench|scripts)\/[\w./-]+)`/g), ([, path]) => path ?? '') // prettier-ignore
  const links = Array.from(written.matchAll(/\]\((?!https?:)([^)#]+)/g), ([, path]) => join(page, '..', path ?? '')) // prettier-ignore
  expect([...paths, ...links].filter((path) => !existsSync(join(root, path)))).toEqual([])
})
