import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { build, type Rolldown } from 'vite'
import { afterAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'megasynth-browser-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a browser bundle of `entry` consists of, and which modules of Node its files ask for (`file → module`). */
async function bundle(entry: string): Promise<{ exports: string[]; outside: string[]; builtins: string[] }> {
  const builtins: string[] = []
  const result = await build({
    configFile: false,
    root,
    logLevel: 'silent',
    build: { write: false, minify: false, lib: { entry, formats: ['es'], fileName: 'bundle' } },
    plugins: [
      {
        name: 'notes-modules-of-node',
        enforce: 'pre',
        resolveId(id, importer) {
          if (!isBuiltin(id)) return null
          builtins.push(`${relative(root, importer ?? '')} → ${id}`)
          return { id, external: true }
        },
      },
    ],
  })
  const outputs = (Array.isArray(result) ? result : [result]) as Rolldown.RolldownOutput[]
  const chunks = outputs.flatMap(({ output }) => output).filter((item) => item.type === 'chunk')
  const own = new Set(chunks.map((chunk) => chunk.fileName))
  return {
    exports: chunks.filter((chunk) => chunk.isEntry).flatMap((chunk) => chunk.exports),
    outside: chunks
      .flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports])
      .filter((name) => !own.has(name)),
    builtins,
  }
}

describe('the main entry in a browser', () => {
  it('bundles whole, without a module of Node', async () => {
    const entry = join(root, 'dist/index.js')
    if (!existsSync(entry)) throw new Error('dist/ is missing: run `npm run build` first')
    const { exports, outside, builtins } = await bundle(entry)
    expect(builtins).toEqual([])
    expect(outside).toEqual([])
    expect(exports).toEqual(expect.arrayContaining(['definePatch', 'render', 'createOffline']))
  })

  it('would be seen to need Node', async () => {
    writeFileSync(join(folder, 'deep.js'), "export { readFileSync as read } from 'node:fs'\n")
    writeFileSync(join(folder, 'entry.js'), "export const load = () => import('./deep.js')\n")
    const { builtins } = await bundle(join(folder, 'entry.js'))
    expect(builtins).toEqual([expect.stringMatching(/deep\.js → node:fs$/)])
  })
})
