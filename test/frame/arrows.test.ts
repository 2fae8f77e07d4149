import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Who may import whom: ARCHITECTURE.md says the same in prose, .oxlintrc.json as rules. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  patch: ['errors'],
  ugens: ['errors'],
  scsynth: ['ugens', 'errors'],
  devices: ['patch', 'ugens', 'errors'],
  plan: ['patch', 'devices', 'ugens', 'scsynth', 'errors'],
  picture: ['plan', 'devices', 'patch', 'errors'],
  engine: ['plan', 'scsynth', 'errors'],
  live: ['engine', 'plan', 'devices', 'scsynth', 'ugens', 'patch', 'errors'],
  midi: ['live', 'engine', 'plan', 'devices', 'scsynth', 'ugens', 'patch', 'errors'],
  osc: ['live', 'engine', 'plan', 'devices', 'scsynth', 'ugens', 'patch', 'errors'],
  repl: [
    'picture',
    'osc',
    'midi',
    'live',
    'engine',
    'plan',
    'devices',
    'scsynth',
    'ugens',
    'patch',
    'errors',
  ],
  cli: [
    'repl',
    'picture',
    'osc',
    'midi',
    'live',
    'engine',
    'plan',
    'devices',
    'scsynth',
    'ugens',
    'patch',
    'errors',
  ],
}
const layers = Object.keys(mayImport)
const pure = ['errors', 'patch', 'ugens', 'scsynth', 'devices', 'plan', 'picture']
const effectful = layers.filter((layer) => !pure.includes(layer))

const importStyles: Readonly<Record<string, (from: string) => string>> = {
  import: (from) => `import { x } from '${from}'\nx()\n`,
  'import type': (from) => `import type { X } from '${from}'\nexport type Y = X\n`,
  'export from': (from) => `export { x } from '${from}'\n`,
  'dynamic import': (from) => `export const x = await import('${from}')\n`,
}

/** Ways in which code depends on the moment or on the machine. */
const effects = [
  'Date.now()',
  'new Date()',
  'Math.random()',
  'performance.now()',
  'process.env',
  'window.innerWidth',
  'document.title',
  'globalThis.performance',
  'setTimeout(() => {}, 1)',
  "fetch('x')",
  'crypto.randomUUID()',
  'Buffer.alloc(1)',
]

const root = join(import.meta.dirname, '../..')
const oxlint = join(dirname(createRequire(import.meta.url).resolve('oxlint/package.json')), 'bin/oxlint')
const folder = mkdtempSync(join(tmpdir(), 'megasynth-arrows-'))
let probes = 0
/** What the linter says of each probe: names of rules. */
const verdicts = new Map<string, string[]>()

/** A file to be linted; its name, to look its verdict up. */
function probe(where: string, code: string): string {
  const name = where.endsWith('.ts') ? where : `${where}/probe${probes++}.ts`
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), code)
  return name
}

/** Each case: a title, the probe's name, the rule that must speak, or none. */
type Case = readonly [title: string, name: string, rule: string | undefined]

const arrows: readonly Case[] = layers.flatMap((from) =>
  layers
    .filter((to) => to !== from)
    .flatMap((to) => {
      const allowed = mayImport[from]?.includes(to) === true
      return Object.entries(importStyles).map(([style, code]): Case => [
        `${from} ${allowed ? '→' : '↛'} ${to} (${style})`,
        probe(`src/${from}`, code(`../${to}/index.ts`)),
        allowed ? undefined : 'eslint(no-restricted-imports)',
      ])
    }),
)

const nested: readonly Case[] = [
  [
    'patch/nested ↛ plan',
    probe('src/patch/nested', importStyles['import']?.('../../plan/index.ts') ?? ''),
    'eslint(no-restricted-imports)',
  ],
  [
    'plan/nested → patch',
    probe('src/plan/nested', importStyles['import']?.('../../patch/index.ts') ?? ''),
    undefined,
  ],
]

const own: readonly Case[] = layers.flatMap((layer): Case[] => [
  [
    `${layer} → its own files`,
    probe(`src/${layer}`, importStyles['import']?.('./other.ts') ?? ''),
    undefined,
  ],
  [
    `${layer} ↛ megasynth`,
    probe(`src/${layer}`, importStyles['import']?.('megasynth') ?? ''),
    'eslint(no-restricted-imports)',
  ],
  [
    `${layer} ↛ src/index.ts`,
    probe(`src/${layer}`, importStyles['import']?.('../index.ts') ?? ''),
    'eslint(no-restricted-imports)',
  ],
  [
    `${layer} ${layer === 'engine' ? '→' : '↛'} #engine-files`,
    probe(`src/${layer}`, importStyles['import']?.('#engine-files') ?? ''),
    layer === 'engine' ? undefined : 'eslint(no-restricted-imports)',
  ],
])

const node: readonly Case[] = [
  ...layers.map((layer): Case => [
    `${layer} ${pure.includes(layer) ? '↛' : '→'} node:fs`,
    probe(`src/${layer}`, importStyles['import']?.('node:fs') ?? ''),
    pure.includes(layer) ? 'eslint(no-restricted-imports)' : undefined,
  ]),
  // Without its prefix no module of Node passes anywhere, so that the rule above cannot be missed.
  ...layers.map((layer): Case => [
    `${layer} ↛ fs`,
    probe(`src/${layer}`, importStyles['import']?.('fs') ?? ''),
    'unicorn(prefer-node-protocol)',
  ]),
]

const impure: readonly Case[] = effects.flatMap((code) => [
  ...pure.map((layer): Case => [
    `${layer} ↛ ${code}`,
    probe(`src/${layer}`, `export const x = () => ${code}\n`),
    code.startsWith('Math') ? 'eslint(no-restricted-properties)' : 'eslint(no-restricted-globals)',
  ]),
  ...effectful.map((layer): Case => [
    `${layer} → ${code}`,
    probe(`src/${layer}`, `export const x = () => ${code}\n`),
    undefined,
  ]),
])

const outside: readonly Case[] = [
  [
    'examples ↛ src',
    probe('examples', importStyles['import']?.('../src/index.ts') ?? ''),
    'eslint(no-restricted-imports)',
  ],
  ['examples → megasynth', probe('examples', importStyles['import']?.('megasynth') ?? ''), undefined],
]

/** The main entry can be linted only once: by several statements in one file. */
const entry = probe(
  'src/index.ts',
  [...layers.map((layer) => `export * from './${layer}/index.ts'`), "import 'node:fs'", ''].join('\n'),
)
let entryMessages: string[] = []

interface Report {
  readonly diagnostics: readonly {
    readonly code: string
    readonly filename: string
    readonly message: string
  }[]
}

beforeAll(() => {
  copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
  const { stdout, stderr } = spawnSync(process.execPath, [oxlint, '--format', 'json'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  if (!stdout.startsWith('{')) throw new Error(`oxlint did not report: ${stdout}${stderr}`)
  const { diagnostics } = JSON.parse(stdout) as Report
  for (const { filename, code } of diagnostics)
    verdicts.set(filename, [...(verdicts.get(filename) ?? []), code])
  entryMessages = diagnostics.filter((d) => d.filename === entry).map((d) => d.message)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Only these rules are about arrows; a probe may be clumsy in other ways. */
const arrowRules = new Set([
  'eslint(no-restricted-imports)',
  'eslint(no-restricted-globals)',
  'eslint(no-restricted-properties)',
  'unicorn(prefer-node-protocol)',
])

function wrong(cases: readonly Case[]): string[] {
  return cases.flatMap(([title, name, rule]) => {
    const found = (verdicts.get(name) ?? []).filter((code) => arrowRules.has(code))
    const right = rule === undefined ? found.length === 0 : found.includes(rule)
    return right ? [] : [`${title}: expected ${rule ?? 'nothing'}, found ${found.join(', ') || 'nothing'}`]
  })
}

describe('the import arrows, as the linter enforces them', () => {
  it('every folder of src has its place in the arrows', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((item) => item.isDirectory())
      .map((item) => item.name)
    expect(layers).toEqual(expect.arrayContaining(folders))
  })

  it('a layer imports the layers named for it and no other, however the import is written', () => {
    expect(wrong(arrows)).toEqual([])
  })

  it('a folder within a layer is bound like the layer', () => {
    expect(wrong(nested)).toEqual([])
  })

  it('a layer imports its own files, never the public entry; only the engine its own loader', () => {
    expect(wrong(own)).toEqual([])
  })

  it('modules of Node are imported only at the rim', () => {
    expect(wrong(node)).toEqual([])
  })

  it('clocks, chance, the browser and the process are touched only at the rim', () => {
    expect(wrong(impure)).toEqual([])
  })

  it('examples import megasynth only', () => {
    expect(wrong(outside)).toEqual([])
  })

  it('the main entry leaves out what is only for Node', () => {
    const refused = entryMessages.filter((message) => message.includes('restricted'))
    expect(refused.map((message) => message.split("'")[1] ?? message).toSorted()).toEqual([
      './cli/index.ts',
      './osc/index.ts',
      './repl/index.ts',
      'node:fs',
    ])
  })
})
