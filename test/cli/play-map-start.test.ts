import { join } from 'node:path'
import { beforeEach, expect, it, vi } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import type * as ensembles from '../../src/live/live-ensemble.ts'
import { FakePorts } from '../midi/fake-ports.ts'
import { cli, drone, keyed, scratch, type Result } from './helpers.ts'
import { until } from '../until.ts'

const folder = scratch()
/** What the command waits for, in the hands of the test. */
const world = vi.hoisted(() => ({
  change: undefined as ((changed: ReadonlySet<string>) => Promise<void>) | undefined,
  /** If set, the engine starts when it is fulfilled. */
  starting: undefined as Promise<never> | undefined,
  ports: undefined as unknown,
}))
vi.mock('../../src/live/live-ensemble.ts', async (importOriginal) => {
  const { createLiveEnsemble } = await importOriginal<typeof ensembles>()
  return {
    createLiveEnsemble: async (...given: Parameters<typeof createLiveEnsemble>) =>
      await (world.starting ?? createLiveEnsemble(...given)),
  }
})
vi.mock('../../src/cli/watch.ts', () => ({
  watchFiles: (onChange: typeof world.change) => {
    world.change = onChange
    return { follow: () => undefined, close: async () => await Promise.resolve() }
  },
}))
vi.mock('../../src/cli/sequencer.ts', () => ({ checkSequencer: () => undefined }))
vi.mock('../../src/midi/node.ts', () => ({ openMidiPorts: async () => await Promise.resolve(world.ports) }))

beforeEach(() => {
  world.change = undefined
  folder.write('keyed.json', JSON.stringify(keyed))
  folder.write('band.json', JSON.stringify({ 1: 'keyed.json' }))
})

const play = async (signal: AbortSignal): Promise<Result> =>
  await cli(['play', '--map', 'band.json', '--device', 'silent'], {
    cwd: folder.path,
    interrupts: { signal, release: () => undefined },
  })

it.each([
  ['waits for notes, and says so, where there is no MIDI port yet', keyed, [], true],
  ['is played by a MIDI port that is there', keyed, ['keys'], false],
  ['sounds by itself if all of its patches do', drone, [], false],
])('a map %s; the ports are closed in the end', async (_, patch, names, waits) => {
  folder.write('keyed.json', JSON.stringify(patch))
  const ports = new FakePorts(...names)
  const close = vi.spyOn(ports, 'close')
  world.ports = ports
  world.starting = undefined
  const { code, stderr } = await play(AbortSignal.abort('SIGINT'))
  expect([code, stderr.includes('band.json waits for notes'), close.mock.calls.length]).toEqual([0, waits, 1])
})

it('a patch of a map that is saved while the engine does not start is nothing more to fail of', async () => {
  let giveUp: (error: Error) => void = () => undefined
  world.starting = new Promise<never>((_, reject) => (giveUp = reject))
  const playing = play(new AbortController().signal)
  await until(() => world.change !== undefined)
  const saved = world.change?.(new Set([join(folder.path, 'keyed.json')]))
  giveUp(
    new MegasynthError([{ code: 'no-sound-device', path: '--device', message: 'there is no such device' }]),
  )
  const { code, stderr } = await playing
  expect([code, stderr]).toEqual([1, expect.stringContaining('no-sound-device')])
  await expect(saved).resolves.toBeUndefined()
})
