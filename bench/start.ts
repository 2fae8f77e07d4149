import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from './measure.ts'
import { polySub } from './patches.ts'
import type { Row, Thoroughness } from './row.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Rows 5 and 6: whole processes, of what was built last. Wall time. */
export function start({ rounds }: Thoroughness): Row[] {
  const ready = `const t = performance.now(); const { createOffline } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
    const s = await createOffline({ patch: { voices: { mode: 'drone' }, devices: { o: { type: 'oscillator' } }, connections: [['o', 'out']] } });
    await s.advance(128 / 48000); console.log(performance.now() - t)`
  const ms = median(
    Array.from({ length: rounds }, () =>
      Number(execFileSync(process.execPath, ['--input-type=module', '-e', ready], { encoding: 'utf8' })),
    ),
  )

  const folder = mkdtempSync(path.join(os.tmpdir(), 'megasynth-bench-'))
  writeFileSync(
    path.join(folder, 'patch.json'),
    JSON.stringify({
      ...polySub(8),
      devices: { ...polySub(8).devices, chorus0: { type: 'delay', time: 0.012, feedback: 0, mix: 0.5 } },
    }),
  )
  const render = (): number => {
    const start = performance.now()
    execFileSync(
      process.execPath,
      [
        path.join(root, 'dist/cli/main.js'),
        ...['render', 'patch.json', '--notes', 'C3+E3+G3+C4+E4+G4+C5+E5'],
        ...['--seconds', '10', '-o', 'x.wav', '--force'],
      ],
      { cwd: folder, stdio: 'ignore' },
    )
    return (performance.now() - start) / 1000
  }
  const seconds = median(Array.from({ length: rounds }, render))
  rmSync(folder, { recursive: true })
  return [
    {
      number: '5',
      figure: 'offline engine ready, from import to the first block (wall)',
      measured: `${ms.toFixed(0)} ms`,
      budget: '≤ 150 ms',
      kept: ms <= 150,
    },
    {
      number: '6',
      figure: '`megasynth render` of 10 s of POLY-SUB, 8 notes, whole process (wall)',
      measured: `${seconds.toFixed(2)} s`,
      budget: '≤ 0.8 s',
      kept: seconds <= 0.8,
    },
  ]
}
