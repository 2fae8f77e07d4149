import { describe, expect, it } from 'vitest'
import { randomNumbers } from '../../bench/random-edits.ts'
import { createOfflineEngine, type OfflineEngine, type ServerCounts } from '../../src/engine/index.ts'
import type { LiveStatus } from '../../src/engine/live.ts'
import type { Audio, NoteEvent, Patch } from '../../src/index.ts'
import type { Stats } from '../../src/live/live-synth.ts'
import type { OfflineSession } from '../../src/live/offline.ts'
import type { Player } from '../../src/live/player.ts'
import { startSynth } from '../../src/live/start.ts'
import { statsOf } from '../../src/live/stats.ts'
import type { VoicePolicy } from '../../src/patch/index.ts'
import { keyNames } from '../../src/patch/ports.ts'
import type { Allocation } from '../../src/plan/index.ts'
import type { TreeGroup, TreeNode } from '../../src/scsynth/index.ts'
import { peak, rms } from '../audio/ear.ts'
import { usage } from './moments.ts'
import { runs } from './patches.ts'

/** A hundred thousand notes take a while, on a busy machine a long one. */
const unhurried = 600_000

const policies: readonly VoicePolicy[] = [
  { count: 8 },
  { count: 1 },
  { count: 3, steal: 'quietest' },
  { count: 5, steal: 'lowest', glide: 0.05 },
  { count: 4, steal: 'none' },
  { count: 32, glide: { time: 0.1, per: 'octave', when: 'legato' } },
  { count: 9, unison: { voices: 3, detune: 20, spread: 1 } },
  { count: 6, unison: 2, steal: 'quietest', glide: { time: 0.02, when: 'legato' } },
  { mode: 'mono' },
  { mode: 'mono', priority: 'low', glide: 0.03, unison: 4 },
  { mode: 'legato', glide: { time: 0.05, per: 'octave' } },
  { mode: 'legato', priority: 'high', unison: 3, glide: { time: 0.02, when: 'legato' } },
]
const notesEach = Math.ceil(100_000 / policies.length)

/** Short notes, of all that a voice may have: an envelope, a knob that is smoothed, chance, and every kind of key. */
const played = (voices: VoicePolicy): Patch => ({
  voices,
  knobs: { level: 0.5 },
  devices: {
    osc: { type: 'oscillator', waveform: 'triangle' },
    hiss: { type: 'noise', amplitude: 0.01 },
    env: { type: 'envelope', attack: 0.002, decay: 0.02, sustain: 0.6, release: 0.02 },
    amp: { type: 'amplifier' },
    place: { type: 'pan' },
  },
  connections: [
    ['level', 'osc.amplitude', 0.5],
    ['osc', 'amp.in'],
    ['hiss', 'amp.in'],
    ['env', 'amp.gain'],
    ['keys.velocity', 'env.sustain', 0.4],
    ['amp', 'place.in'],
    ['keys.spread', 'place.position'],
    ['place', 'out'],
  ],
})

interface Playing {
  readonly synth: OfflineSession
  readonly engine: OfflineEngine
  readonly graph: { readonly running: { readonly allocation: Allocation } }
  readonly player: Player
}

async function start(patch: Patch): Promise<Playing> {
  const engine = await createOfflineEngine({}, 64)
  const synth = await startSynth(() => Promise.resolve(engine), { patch })
  const { graph, player } = synth as unknown as Pick<Playing, 'graph' | 'player'>
  return { synth, engine, graph, player }
}

type On = Extract<NoteEvent, { kind: 'on' }>

/** Plays notes at random, slowly or fast, several in one block or none for a while, until every key and pedal is up. */
async function playNotes(synth: OfflineSession, count: number, random: () => number): Promise<number> {
  const down: Pick<On, 'note' | 'id' | 'channel'>[] = []
  let [struck, lifted, time] = [0, 0, synth.time]
  const isOver = (): boolean => struck === count && down.length === 0
  const below = (n: number): number => Math.floor(random() * n)
  const play = (event: NoteEvent): void => synth.play(event, { at: time })
  const pedal = (kind: 'sustain' | 'sostenuto', isDown: boolean): void => {
    play({ kind, down: isDown, ...(random() < 0.3 && { channel: below(2) }) })
  }
  const act = (): void => {
    const what = random()
    if (what < 0.46 && struck < count) {
      const key = {
        note: 36 + below(40),
        ...(random() < 0.3 && { id: `${struck}` }),
        ...(random() < 0.3 && { channel: below(2) }),
      }
      down.push(key)
      struck++
      play({ kind: 'on', ...key, velocity: random() })
    } else if ((what < 0.92 || down.length > 12) && down.length > 0) {
      const [key] = down.splice(below(down.length), 1) as [(typeof down)[number]]
      lifted++
      play({ kind: 'off', ...key })
    } else if (what < 0.95) pedal('sustain', random() < 0.4)
    else if (what < 0.97) pedal('sostenuto', random() < 0.4)
    else if (what < 0.99) play({ kind: 'bend', semitones: random() * 2, channel: below(2) })
    else if (what < 0.995) play({ kind: 'allOff' })
    else if (what < 0.997) play({ kind: 'silence' })
  }
  while (!isOver()) {
    // now and then all voices come to rest
    const pace = [0.002, 0.006, 0.006, 0.02][below(4)] as number
    for (let left = 1000; left > 0 && !isOver(); left--) {
      time += random() < 0.3 ? 0 : -Math.log(1 - random()) * pace
      act()
    }
    await synth.advance(Math.max(0, time - synth.time))
    if (random() < 0.2) time += random()
  }
  for (const channel of [0, 1]) play({ kind: 'bend', semitones: 0, channel })
  play({ kind: 'sustain', down: false })
  play({ kind: 'sostenuto', down: false })
  return lifted
}

/** All that is on the server and in the books of the synth, up to node ids. */
interface Standing {
  /** Every synth in its order, with all its controls. */
  readonly tree: unknown
  readonly counts: ServerCounts
  /** Nodes, audio buses, control buses and random generators in use. */
  readonly usage: readonly number[]
  readonly stats: Omit<Stats, keyof LiveStatus | 'time'>
  /** Loudest sample of each voice's oscillator, which sounds by itself, always. */
  readonly running: readonly number[]
}

const withoutIds = (node: TreeNode): unknown =>
  'children' in node ? node.children.map(withoutIds) : { def: node.def, controls: node.controls }
const idsOf = (node: TreeNode): number[] => [
  node.id,
  ...('children' in node ? node.children.flatMap(idsOf) : []),
]

/** The patch's tree, asked for group by group. */
async function treeOf({ engine, graph }: Playing): Promise<TreeGroup[]> {
  const { groups, voices } = graph.running.allocation
  const ids = groups ? [groups.before, ...voices.map(({ group }) => group), groups.after] : []
  const trees: TreeGroup[] = []
  for (const id of ids) trees.push(await engine.queryTree(id))
  return trees
}

/** Some blocks more than have been computed already. */
const playOn = async ({ synth, engine }: Playing): Promise<Audio> =>
  await synth.advance(((engine.nextBlock - engine.block + 3) * engine.blockSize) / engine.sampleRate)

async function standing(playing: Playing): Promise<Standing> {
  const { engine, graph, player } = playing
  const { allocation } = graph.running
  const trees = await treeOf(playing)
  const known = [...allocation.nodes.values()].flatMap(({ instances }) => instances.map(({ id }) => id))
  const { before = -1, after = -1 } = allocation.groups ?? {}
  const groups = [before, after, ...allocation.voices.map(({ group }) => group)]
  expect(new Set(trees.flatMap(idsOf))).toEqual(new Set([...known, ...groups]))
  const heard = allocation.nodes.get('osc')?.instances.map(({ own = -1 }) => engine.probe({ rate: 'audio', bus: own, blocks: 2 })) ?? [] // prettier-ignore
  await playOn(playing)
  const { held, awake, ...rest } = statsOf(0, {} as LiveStatus, allocation, player.state.voices).voices
  const { synths, audioBuses, controlBuses } = statsOf(0, {} as LiveStatus, allocation, player.state.voices)
  return {
    tree: trees.map(withoutIds),
    running: (await Promise.all(heard)).map(peak),
    counts: await engine.counts(),
    usage: usage(allocation),
    stats: { voices: { held, awake, ...rest }, synths, audioBuses, controlBuses },
  }
}

/** What the keys of all voices are on the server, and what they should be; those that sleep hear of their gates only. */
async function keysOf(playing: Playing): Promise<[number[][], number[][]]> {
  const { engine, graph, player } = playing
  const { voices } = graph.running.allocation
  const probes = voices.map(({ keys }) =>
    Promise.all(keyNames.map((_, i) => engine.probe({ rate: 'control', bus: keys + i, blocks: 1 }))),
  )
  await playOn(playing)
  const found = await Promise.all(probes)
  const isTold = voices.map(({ paused }) =>
    keyNames.map((key) => !paused || key === 'gate' || key === 'trigger'),
  )
  return [
    found.map((keys, voice) => keys.map(([value = NaN]) => value).filter((_, i) => isTold[voice]?.[i])),
    voices.map((_, voice) => {
      const wanted = player.keysOf(voice)
      return keyNames.map((key) => Math.fround(wanted[key])).filter((_, i) => isTold[voice]?.[i])
    }),
  ]
}

describe(`${policies.length * notesEach} notes of ${policies.length} policies`, () => {
  it.each(policies.map((policy, i) => [JSON.stringify(policy), policy, i] as const))(
    'leave the tree as it was: %s',
    { timeout: unhurried },
    async (_, policy, index) => {
      const playing = await start(played(policy))
      const { synth, engine, player, graph } = playing
      try {
        const before = await standing(playing)
        const { next } = graph.running.allocation.nodeIds
        const lifted = await playNotes(synth, notesEach, randomNumbers(runs(1).seed + index))
        expect(lifted).toBe(notesEach)
        // releases, fades, and looks after them
        await synth.advance(2)
        expect(player.state.voices.pressing.keys).toEqual([])
        const after = await standing(playing)
        expect(after.running).toEqual(before.running.map(() => 0))
        expect(after).toEqual(before)
        expect(graph.running.allocation.leaving).toEqual([])
        // a voice is born anew before its old ids are given back: no more than all of one at a time
        expect(graph.running.allocation.nodeIds.next - next).toBeLessThanOrEqual(
          8 * graph.running.allocation.nodes.size,
        )
        const [found, wanted] = await keysOf(playing)
        expect(found).toEqual(wanted)
        for (const [voice] of found.entries()) expect(player.keysOf(voice)).toMatchObject({ gate: 0, trigger: 0 }) // prettier-ignore
        expect([player.nextBlock, player.state.due, engine.status().problems]).toEqual([Infinity, [], 0])
        for (const channel of (await synth.advance(0.1)).channels) expect(peak(channel)).toBe(0)
        // and it plays on: all voices run at once
        const { count = 1, unison = 1 } = synth.patch.voices as VoicePolicy
        const each = typeof unison === 'number' ? unison : (unison.voices ?? 1)
        for (let i = 0; i < count / each; i++) synth.noteOn(48 + i, 1)
        await synth.advance(0.2)
        const chord = await standing(playing)
        const used = policy.mode === 'mono' || policy.mode === 'legato' ? each : count
        expect(chord.stats.voices).toMatchObject({ held: used, awake: used })
        expect(chord.running.filter((level) => level > 0.1)).toHaveLength(used)
        // also of what was bent while it slept
        const [told, said] = await keysOf(playing)
        expect(told.filter(({ length }) => length === keyNames.length)).toHaveLength(used)
        expect(told).toEqual(said)
        expect(rms((await synth.advance(0.2)).channels[0] as Float32Array)).toBeGreaterThan(0.01)
      } finally {
        await synth.close()
      }
    },
  )
})
