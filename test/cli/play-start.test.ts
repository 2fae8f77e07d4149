import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import { cli, drone, scratch } from './helpers.ts'
import { until } from '../until.ts'

const folder = scratch()
/** What the command waits for, in the hands of the test. */
const world = vi.hoisted(() => ({
  change: undefined as ((changed: ReadonlySet<string>) => Promise<void>) | undefined,
  fail: undefined as ((error: Error) => void) | undefined,
}))
vi.mock('../../src/live/create.ts', () => ({
  createSynth: async () => await new Promise((_, reject) => (world.fail = reject)),
}))
vi.mock('../../src/cli/watch.ts', () => ({
  watchFiles: (onChange: typeof world.change) => {
    world.change = onChange
    return { follow: () => undefined, close: async () => await Promise.resolve() }
  },
}))

it('a file that is saved while the engine does not start is nothing more to fail of', async () => {
  folder.write('hum.json', JSON.stringify(drone))
  const playing = cli(['play', 'hum.json', '--device', 'silent'], { cwd: folder.path })
  await until(() => world.change !== undefined)
  const saved = world.change?.(new Set([join(folder.path, 'hum.json')]))
  world.fail?.(
    new MegasynthError([{ code: 'no-sound-device', path: '--device', message: 'there is no such device' }]),
  )
  const { code, stderr } = await playing
  expect([code, stderr]).toEqual([1, expect.stringContaining('no-sound-device')])
  await expect(saved).resolves.toBeUndefined()
})
