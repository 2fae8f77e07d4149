import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createOfflineEngine, type OfflineEngine } from '../../src/engine/index.ts'
import type { Patch } from '../../src/patch/index.ts'
import { compile, emptyAllocation, plan, type Allocation, type Plan } from '../../src/plan/index.ts'
import type { TreeGroup } from '../../src/scsynth/index.ts'
import { ServerModel } from '../plan/model.ts'
import { standard } from '../../src/devices/index.ts'
import { runs, sequenceArbitrary } from './patches.ts'
import { compiled, position } from './start.ts'

let engine: OfflineEngine | undefined

/** One engine for all runs: what a run leaves behind is found by the next one. */
const theEngine = async (): Promise<OfflineEngine> => (engine ??= await createOfflineEngine())

/** A law that is given up with its engine: another run must not suffer from what a failed one left. */
async function withEngine(run: (engine: OfflineEngine) => Promise<void>): Promise<void> {
  try {
    await run(await theEngine())
  } catch (error) {
    await engine?.close()
    engine = undefined
    throw error
  }
}

afterAll(async () => {
  await engine?.close()
})

/** Runs some blocks, after those that are computed already; fails if the engine complains about anything in them. */
function play(engine: OfflineEngine, blocks: number): Float32Array[] {
  const kept = engine.nextBlock - engine.block
  engine.advance(kept, [], 0)
  const before = engine.status().problems
  const sound = Array.from({ length: engine.outputs }, () => new Float32Array(blocks * engine.blockSize))
  engine.advance(blocks, sound, 0)
  expect(engine.status().problems).toBe(before)
  return sound
}

/** Executes a plan on the engine and on the model. */
async function execute(engine: OfflineEngine, model: ServerModel, planned: Plan): Promise<void> {
  model.load(planned.load)
  model.run([...planned.transaction, ...planned.start])
  await engine.load(planned.load)
  await engine.transact(planned.transaction)
  engine.send(planned.start)
}

/** The whole tree, asked for group by group, as large ones do not fit one answer. */
async function treeOf(engine: OfflineEngine, { groups, voices }: Allocation): Promise<TreeGroup[]> {
  const ids = groups === undefined ? [] : [groups.before, ...voices.map(({ group }) => group), groups.after]
  const trees: TreeGroup[] = []
  for (const id of ids) trees.push(await engine.queryTree(id))
  return trees
}

describe('the model of the server', () => {
  it('agrees with the real engine after every step of any sequence of patches, down to the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        sequenceArbitrary(3, 6),
        fc.array(fc.nat({ max: 9 }), { minLength: 3, maxLength: 3 }),
        (patches, blocks) =>
          withEngine(async (engine) => {
            const model = new ServerModel()
            let allocation = emptyAllocation()
            const counts = await engine.counts()
            for (const [i, patch] of patches.entries()) {
              const { network } = compiled(patch)
              const planned = plan(allocation, network, { position })
              await execute(engine, model, planned)
              allocation = planned.allocation
              const trees = await treeOf(engine, allocation)
              expect(trees).toEqual(trees.map(({ id }) => model.dump(id)))
              const { synths, groups, synthDefs } = await engine.counts()
              expect(synths - counts.synths).toBe(model.synths().length)
              expect(groups - counts.groups).toBe(
                [...model.nodes.values()].filter(({ kind }) => kind === 'group').length - 1,
              )
              expect(synthDefs - counts.synthDefs).toBe(model.defs.size)
              play(engine, blocks[i] ?? 0)
            }
            const ended = plan(allocation, undefined, { position })
            await execute(engine, model, ended)
            expect((await engine.queryTree(0)).children).toEqual([])
            play(engine, 1)
            const { synths, groups, synthDefs } = await engine.counts()
            expect({ synths, groups, synthDefs }).toEqual({
              synths: counts.synths,
              groups: counts.groups,
              synthDefs: counts.synthDefs,
            })
          }),
      ),
      runs(25),
    )
  })

  it('is right about sound: a patch reached by edits sounds as its fresh start, once all is settled', async () => {
    // without randomness and without memory: only what is played now counts
    const plain = (patch: Patch): Patch => ({
      ...patch,
      voices: { count: 2, mode: 'drone' },
      devices: Object.fromEntries(
        Object.entries(patch.devices).map(([name, { type, shared }]) => [
          name,
          {
            type: type === 'pan' ? 'pan' : type === 'mixer' ? 'mixer' : 'amplifier',
            shared: shared ?? false,
          },
        ]),
      ),
      connections: [],
    })
    const chain = fc
      .tuple(sequenceArbitrary(2, 5), fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { maxLength: 8 }))
      .map(([patches, cables]) =>
        patches.map((patch, step) => {
          const bare = plain(patch)
          const names = Object.keys(bare.devices).toSorted(
            (a, b) => Number(bare.devices[a]?.shared) - Number(bare.devices[b]?.shared) || (a < b ? -1 : 1),
          )
          const inputOf = (name: string): string =>
            bare.devices[name]?.type === 'mixer' ? `${name}.in1` : `${name}.in`
          const seen = new Set<string>()
          const connections = cables.flatMap(([a, b, both]): [string, string][] => {
            if (names.length < 2 || (!both && step === 0)) return []
            const [i, j] = [a % names.length, b % names.length].toSorted((x, y) => x - y) as [number, number]
            const pair = `${names[i]} ${names[j]}`
            if (i === j || seen.has(pair)) return []
            seen.add(pair)
            return [[names[i] as string, inputOf(names[j] as string)]]
          })
          return {
            ...bare,
            devices: {
              ...bare.devices,
              tone: { type: 'oscillator', waveform: 'sine', frequency: 440, shared: true, amplitude: 0.1 },
            },
            connections: [
              ...connections,
              ...names.slice(0, 1).map((name) => ['tone', inputOf(name).replace('in1', 'in2')] as const),
              ...names.slice(-2).map((name) => [name, 'out'] as const),
            ],
          }
        }),
      )
    const loudness = (sound: Float32Array): number =>
      Math.sqrt(sound.reduce((sum, x) => sum + x * x, 0) / sound.length)
    const heard = async (engine: OfflineEngine, patches: readonly Patch[]): Promise<number[]> => {
      let allocation = emptyAllocation()
      const model = new ServerModel()
      for (const patch of patches) {
        const planned = plan(allocation, compile(compiled(patch).parsed, { catalogue: standard }), {
          position,
          keys: () => ({
            pitch: 60 / 128,
            gate: 1,
            trigger: 0,
            velocity: 1,
            pressure: 0,
            timbre: 0,
            random: 0,
          }),
        })
        await execute(engine, model, planned)
        allocation = planned.allocation
        // smoothing and DC block settle
        play(engine, 400)
      }
      const sound = play(engine, 300).map(loudness)
      await execute(engine, model, plan(allocation, undefined, { position }))
      play(engine, 1)
      return sound
    }
    await fc.assert(
      fc.asyncProperty(chain, (patches) =>
        withEngine(async (engine) => {
          const edited = await heard(engine, patches)
          const fresh = await heard(engine, patches.slice(-1))
          for (const [channel, level] of edited.entries()) expect(level).toBeCloseTo(fresh[channel] ?? NaN, 3)
        }),
      ),
      runs(15),
    )
  })
})
