import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { describe, expect, it, vi } from 'vitest'
import { LoadingEnded, loadApart } from '../../src/cli/load-apart.ts'
import { createShell, processIo, type Shell } from '../../src/cli/io.ts'
import type * as startWorkers from '../../src/engine/start-worker.ts'
import { reload } from '../../src/cli/reload.ts'
import type { LiveSynth } from '../../src/live/live-synth.ts'
import { standard } from '../../src/index.ts'
import { drone, scratch } from './helpers.ts'
import { until } from '../until.ts'

const folder = scratch()
const threads = vi.hoisted(() => [] as Worker[])
vi.mock('../../src/engine/start-worker.ts', async (importOriginal) => {
  const { startWorker } = await importOriginal<typeof startWorkers>()
  return {
    startWorker: (...given: Parameters<typeof startWorker>): Worker => {
      const worker = startWorker(...given)
      threads.push(worker)
      return worker
    },
  }
})

/** A file that never ends, and that says when it is run. */
function endless(name: string): () => boolean {
  const mark = join(folder.path, `${name}.runs`)
  folder.write(
    name,
    `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(mark)}, '')\nwhile (true) {}\n`,
  )
  return () => existsSync(mark)
}

describe('a loader that is closed', () => {
  it('loads nothing more, be it code or data, and starts no more threads', async () => {
    folder.write('hum.ts', `export default ${JSON.stringify(drone)}`)
    folder.write('hum.json', JSON.stringify(drone))
    const loader = loadApart()
    expect(await loader.load(folder.path, 'hum.ts')).toEqual(drone)
    loader.close()
    const before = threads.length
    for (const name of ['hum.ts', 'hum.json'])
      await expect(loader.load(folder.path, name)).rejects.toBeInstanceOf(LoadingEnded)
    expect(threads).toHaveLength(before)
  })

  it('gives a file up that never ends, ends its thread, and a reload says nothing of it', async () => {
    const isRunning = endless('endless.ts')
    const loader = loadApart()
    const thread = threads.at(-1) as Worker
    const ended = new Promise((resolve) => thread.on('exit', resolve))
    const said: string[] = []
    const say = (line: string): void => void said.push(line)
    const shell: Shell = { ...createShell([], { ...processIo(), cwd: folder.path }), print: say, note: say }
    const apply = vi.fn<LiveSynth['apply']>()
    const before = new Set(['endless.ts'])
    const file = { file: 'endless.ts', catalogue: standard, load: loader.load }
    const reloading = reload([{ apply }], file, { set: [] }, shell, before)
    await until(isRunning)
    loader.close()
    expect(await reloading).toEqual({ files: before, isDone: false })
    await ended
    expect(said).toEqual([])
    expect(apply).not.toHaveBeenCalled()
  })
})

it('a thread that ended before it was asked fails the load, and the next is well', async () => {
  folder.write('hum.ts', `export default ${JSON.stringify(drone)}`)
  const loader = loadApart()
  await threads.at(-1)?.terminate()
  await expect(loader.load(folder.path, 'hum.ts')).rejects.toThrow('the thread for it had ended')
  expect(await loader.load(folder.path, 'hum.ts')).toEqual(drone)
  loader.close()
})
