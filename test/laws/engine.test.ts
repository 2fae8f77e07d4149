import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createOfflineEngine, type OfflineEngine } from '../../src/engine/index.ts'
import type { Patch } from '../../src/patch/index.ts'
import { emptyAllocation, type Allocation } from '../../src/plan/index.ts'
import type { TreeGroup } from '../../src/scsynth/index.ts'
import { canonicalTree } from '../plan/model.ts'
import { expectNothingLeft } from './moments.ts'
import { bit, reloadArbitrary, runs, sequenceArbitrary } from './patches.ts'
import { fresh, Session } from './start.ts'

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

/** Vitest's own comparison takes longer than all that is compared: it only tells what differs. */
function expectSame<T>(found: T, expected: T): void {
  if (!isDeepStrictEqual(found, expected)) expect(found).toEqual(expected)
}

/** A thousand runs take a while, on a busy machine a long one. */
const unhurried = 600_000

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

/** Does on the engine what a session has sent since it was last asked. */
async function follow(engine: OfflineEngine, session: Session): Promise<void> {
  for (const { load, transaction, start } of session.sent.splice(0)) {
    await engine.load(load)
    await engine.transact(transaction)
    engine.send(start)
  }
}

/** The whole tree, asked for group by group, as large ones do not fit one answer. */
async function treeOf(engine: OfflineEngine, { groups, voices }: Allocation): Promise<TreeGroup[]> {
  const ids = groups === undefined ? [] : [groups.before, ...voices.map(({ group }) => group), groups.after]
  const trees: TreeGroup[] = []
  for (const id of ids) trees.push(await engine.queryTree(id))
  return trees
}

/** What the engine says of a patch, up to ids. */
async function shapeOf(engine: OfflineEngine, { allocation, model }: Session): Promise<unknown> {
  const trees = await treeOf(engine, allocation)
  return canonicalTree(
    { id: 0, children: trees },
    { audio: (def) => model.defs.get(def)?.writes === 'audio' },
  )
}

describe('the real engine', () => {
  it(
    'agrees with the model at every moment, with a fresh start at rest, and has nothing left at the end',
    { timeout: unhurried },
    async () => {
      await fc.assert(
        fc.asyncProperty(reloadArbitrary(3, 5), ({ patches, moments }) =>
          withEngine(async (engine) => {
            const counts = await engine.counts()
            const more = async (): Promise<number[]> => {
              const { synths, groups, synthDefs } = await engine.counts()
              return [synths - counts.synths, groups - counts.groups, synthDefs - counts.synthDefs]
            }
            const session = new Session()
            const agree = async (): Promise<void> => {
              await follow(engine, session)
              play(engine, 1)
              const trees = await treeOf(engine, session.allocation)
              expectSame(
                trees,
                trees.map(({ id }) => session.model.dump(id)),
              )
              const { nodes, defs } = session.model
              const synths = session.model.synths().length
              expectSame(await more(), [synths, nodes.size - synths - 1, defs.size])
            }
            for (const { patch, born, struck, silenced, hush, blocks } of moments) {
              session.edit(patches[patch] as Patch, (voice) => bit(born, voice))
              await agree()
              for (const voice of session.allocation.voices.keys()) {
                if (bit(struck, voice) === 1) session.play(voice, true)
                if (bit(silenced, voice) === 1) session.play(voice, false)
              }
              if (hush) session.hush()
              session.wait(blocks)
              await agree()
              play(engine, Math.min(blocks, 20))
            }
            session.rest()
            await agree()
            const reached = await shapeOf(engine, session)
            session.end()
            expectNothingLeft(session)
            await follow(engine, session)
            expectSame((await engine.queryTree(0)).children, [])
            const other = fresh(session, emptyAllocation(2, { node: 1_000_000 }))
            await follow(engine, other)
            expectSame(reached, await shapeOf(engine, other))
            other.end()
            await follow(engine, other)
            play(engine, 1)
            expectSame(await more(), [0, 0, 0])
          }),
        ),
        runs(1000),
      )
    },
  )

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
      const session = new Session()
      for (const patch of patches) {
        session.edit(patch, () => 1)
        await follow(engine, session)
        // fades, smoothing and DC block settle
        play(engine, 400)
        session.wait(400)
      }
      session.rest()
      await follow(engine, session)
      const sound = play(engine, 300).map(loudness)
      session.end()
      await follow(engine, session)
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
