import { didYouMean, fail, listNames, show } from '../errors/index.ts'
import type { Engine } from '../engine/index.ts'
import type { LiveEngine } from '../engine/live.ts'
import type { Voices } from '../plan/index.ts'
import type { TreeNode } from '../scsynth/index.ts'
import type { TreeLine, TreePart } from './live-synth.ts'
import type { Running } from './running.ts'
import type { Audio } from './synth.ts'
import { treesOf } from './trees.ts'
import { within } from './within.ts'

/** Where a device can be listened to. */
interface Tap {
  readonly rate: 'audio' | 'control'
  readonly bus: number
  readonly channels: 1 | 2
}

/** The voice whose note is the newest; a held one, if there is any. */
export function lastStruck({ voices }: Voices, { network }: Running): number {
  // those beyond finish their note, and nobody can name them
  const named = voices.slice(0, network.voiceCount)
  const ranks = named.map(({ held, age }) => (held ? 1e12 : 0) + age)
  return Math.max(0, ranks.indexOf(Math.max(...ranks)))
}

/** A device that is listened to, for a while. */
export interface Listening {
  readonly device: string
  /** Number of the voice, from 0. */
  readonly voice: number
  /** Whether that voice was asked for. */
  readonly isChosen: boolean
  /** Blocks of the engine. */
  readonly blocks: number
}

/**
 * What is to be listened to.
 *
 * @param where `voice`: which of its voices, from 1; default: `last`, from 0. `seconds`; default: 0.1
 * @throws MegasynthError `out-of-range`
 */
export function listening(
  { sampleRate, blockSize }: Engine,
  { network }: Running,
  device: string,
  { voice, seconds = 0.1 }: { readonly voice?: number; readonly seconds?: number },
  last: number,
): Listening {
  if (voice !== undefined && !Number.isInteger(voice))
    fail({ code: 'out-of-range', path: 'voice', message: 'there is no such voice', found: show(voice), expected: `1..${network.voiceCount}` }) // prettier-ignore
  within(Math.ceil((blockSize / sampleRate) * 1000) / 1000, longestProbe, seconds, {
    code: 'out-of-range',
    path: 'seconds',
    message: 'this is no time to listen to a device',
  })
  const isChosen = voice !== undefined
  const blocks = Math.ceil((seconds * sampleRate) / blockSize - 1e-6)
  return { device, voice: isChosen ? voice - 1 : last, isChosen, blocks }
}

/**
 * Listens to what a device puts out, for a while.
 *
 * @throws MegasynthError `unknown-source`, `out-of-range`, `invalid-value`
 */
export async function probe(engine: Engine, running: Running, what: Listening): Promise<Audio> {
  const { sampleRate, blockSize } = engine
  const { device, voice, isChosen, blocks } = what
  const { rate, bus, channels } = tapOf(engine, running, device, voice)
  if (isChosen && !isInVoice(running, device))
    fail({
      code: 'invalid-value',
      path: 'voice',
      message: `${device} is no part of a voice: it is there once`,
      found: show(voice + 1),
      expected: 'no voice',
    })
  const paused = running.allocation.voices[voice]?.paused === true && isInVoice(running, device)
  const heard = await Promise.all(
    Array.from({ length: channels }, (_, i) => engine.probe({ rate, bus: bus + i, blocks })),
  )
  return {
    sampleRate: rate === 'audio' ? sampleRate : sampleRate / blockSize,
    // what a voice wrote last stays on its buses as it sleeps
    channels: paused ? heard.map(({ length }) => new Float32Array(length)) : heard,
  }
}

/** Whether a device is heard where it was when it was listened to: its bus may be another's by now. */
export function isWhere(
  { device, voice }: Listening,
  engine: Engine,
  before: Running,
  after: Running,
): boolean {
  if (before.allocation === after.allocation) return true
  try {
    const [was, is] = [before, after].map((running) => tapOf(engine, running, device, voice))
    return was?.bus === is?.bus && was?.rate === is?.rate
  } catch {
    return false
  }
}

const isInVoice = ({ allocation }: Running, device: string): boolean =>
  allocation.nodes.get(device)?.node.part === 'voice'

function tapOf(engine: Engine, { network, allocation }: Running, device: string, voice: number): Tap {
  const { outputs, first } = engine
  if (device === 'out') return { rate: 'audio', bus: first?.output ?? 0, channels: outputs > 1 ? 2 : 1 }
  const running = allocation.nodes.get(device)
  if (running === undefined) {
    const names = [...allocation.nodes.keys()]
    return fail({
      code: 'unknown-source',
      // it may be anything at a prompt
      path: typeof (device as unknown) === 'string' && device !== '' ? device : show(device),
      message: 'there is no such device to listen to',
      expected: listNames(names),
      ...didYouMean(device, names),
    })
  }
  const { node, instances, mix } = running
  if (node.part === 'voice')
    within(1, network.voiceCount, voice + 1, { code: 'out-of-range', path: 'voice', message: 'there is no such voice' }) // prettier-ignore
  const { own } = instances[node.part === 'voice' ? voice : 0] ?? {}
  const bus = own ?? mix
  if (bus === undefined)
    return fail({
      code: 'unknown-source',
      path: device,
      message: 'nobody reads this device, so it has no bus to listen to',
      suggestion: `connect it: connect('${device}', 'out')`,
    })
  return { rate: node.rate, bus, channels: own === undefined ? node.sum : node.channels }
}

/** What runs on the engine: its own tree, with the names of the patch. */
export async function treeOf(engine: LiveEngine, running: Running): Promise<TreePart[]> {
  const { network, allocation } = running
  const { groups, voices, nodes, leaving, order } = allocation
  if (groups === undefined) return []
  const lines = new Map<number, TreeLine & { readonly tap?: Tap }>()
  for (const { id, name, node } of leaving)
    lines.set(id, { device: name, type: node.type, id, leaving: true })
  for (const [device, { node, instances, mix }] of nodes)
    for (const { id, own } of instances) {
      const bus = own ?? (instances.length === 1 ? mix : undefined)
      const channels = own === undefined ? node.sum : node.channels
      const goes: 'nowhere' | 'into the sum' = mix === undefined ? 'nowhere' : 'into the sum'
      const level =
        device === 'out'
          ? { tap: tapOf(engine, running, device, 0) }
          : bus === undefined
            ? { goes }
            : { tap: { rate: node.rate, bus, channels } }
      lines.set(id, { device, type: node.type, id, leaving: false, ...level })
    }
  const parts = [
    { name: 'before', group: groups.before, paused: false },
    ...voices.map(({ group, paused }, i) => ({ name: `voice ${i + 1}`, group, paused })),
    { name: 'after', group: groups.after, paused: false },
  ]
  const peakOf = async (tap: Tap | undefined, paused: boolean): Promise<{ peak?: number }> => {
    if (tap === undefined || paused) return {}
    const samples = await engine.probe({ rate: tap.rate, bus: tap.bus, blocks: blocksOfPeak })
    return { peak: samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0) }
  }
  const trees = await treesOf(
    engine,
    parts.map(({ group }) => [group, order.get(group)?.length ?? 0]),
  )
  return await Promise.all(
    parts.map(async ({ name, group, paused }) => {
      const { children = [] } = trees.get(group) ?? {}
      const synths = await Promise.all(
        children.filter(isSynth).map(async ({ id, def }) => {
          const unknown = {
            device: def,
            type: network.synthDefs.has(def) ? 'device' : 'unknown',
            id,
            leaving: true,
          }
          const { tap, ...line } = lines.get(id) ?? { ...unknown, tap: undefined }
          return { ...line, ...(await peakOf(tap, paused)) }
        }),
      )
      return { name, paused, synths }
    }),
  )
}

const isSynth = (node: TreeNode): node is Extract<TreeNode, { def: string }> => 'def' in node

/** Seconds of one probe: more would not be a look. */
const longestProbe = 10
const blocksOfPeak = 4
