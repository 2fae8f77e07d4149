import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url))

const special = ['types', 'laws', 'golden', 'audio', 'frame']
const unit = {
  name: 'unit',
  include: ['test/**/*.test.ts'],
  exclude: special.map((name) => `test/${name}/**`),
}

export default defineConfig({
  resolve: {
    // Tests run the sources, not dist/; only test/frame looks at what is built.
    alias: [
      { find: /^megasynth$/, replacement: source('index.ts') },
      { find: /^megasynth\/live$/, replacement: source('live.ts') },
      { find: /^megasynth\/scsynth$/, replacement: source('scsynth/index.ts') },
      { find: /^megasynth\/midi$/, replacement: source('midi/node.ts') },
      { find: /^megasynth\/osc$/, replacement: source('osc/index.ts') },
      { find: '#engine-files', replacement: source('engine/files.node.ts') },
    ],
  },
  test: {
    // Generous, so that a busy machine fails no test; tests of what is fast belong to `npm run bench`.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Engines and compilers are heavy: more at once only get in each other's way.
    maxWorkers: 2,
    projects: [
      { extends: true, test: unit },
      ...special.map((name) => ({
        extends: true as const,
        test: { name, include: [`test/${name}/**/*.test.ts`] },
      })),
    ],
  },
})
