import { compile, emptyAllocation, out, parsePatch, plan, type Patch } from '../src/index.ts'
import { keysAtRest, networkAfter, type Plan } from '../src/plan/index.ts'
import { toOsc } from '../src/scsynth/index.ts'
import { interleaved, milliseconds, type Contestant } from './measure.ts'
import { catalogue, largePatch } from './patches.ts'
import type { Row, Thoroughness } from './row.ts'

const input = { position: () => 0, keys: () => ({ ...keysAtRest, gate: 1 }) }
const parsed = (patch: Patch) => parsePatch(patch, catalogue, out)

/** Edits that concern one device. */
const kinds: Readonly<Record<string, (patch: Patch) => Patch>> = {
  constant: (patch) => withDevice(patch, 'filter1', { type: 'filter', cutoff: 900 }),
  'control cable': (patch) => withCable(patch, 'lfo1', 'osc1.amplitude'),
  'audio cable': (patch) => withCable(patch, 'osc1', 'filter0.in'),
  choice: (patch) => withDevice(patch, 'osc1', { type: 'oscillator', waveform: 'triangle' }),
  'device added': (patch) =>
    withCable(withDevice(patch, 'noise1', { type: 'noise' }), 'noise1', 'filter1.in'),
  'device removed': ({ devices, connections = [], ...patch }) => ({
    ...patch,
    devices: Object.fromEntries(Object.entries(devices).filter(([name]) => name !== 'lfo1')),
    connections: connections.filter((cable) => 'from' in cable || cable[0] !== 'lfo1'),
  }),
}

function withDevice(patch: Patch, name: string, device: Patch['devices'][string]): Patch {
  return { ...patch, devices: { ...patch.devices, [name]: device } }
}

function withCable(patch: Patch, from: string, to: string): Patch {
  return { ...patch, connections: [...(patch.connections ?? []), [from, to, 0.1]] }
}

/** An edit of a patch that is played in all its voices; what was planned and compiled before is at hand. */
function editOf(
  edit: (patch: Patch) => Patch,
  devices: number,
): { readonly onlyPlan: () => Plan; readonly compileAndPlan: () => Plan } {
  const patch = largePatch(devices, 16)
  const before = compile(parsed(patch), { catalogue })
  const { allocation } = plan(emptyAllocation(), before, input)
  const next = parsed(edit(patch))
  const later = { ...input, block: 1000 }
  const compiled = () => networkAfter(allocation, before, next, catalogue, 1000)
  const network = compiled()
  return {
    onlyPlan: () => plan(allocation, network, later),
    compileAndPlan: () => plan(allocation, compiled(), later),
  }
}

/** What is sent to the engine: the number of commands, and of all that is in them, so that no command hides many. */
function sizeOf({ transaction, start }: Plan): { readonly commands: number; readonly values: number } {
  const messages = [...transaction, ...start].map(toOsc)
  return { commands: messages.length, values: messages.reduce((sum, { args }) => sum + args.length, 0) }
}

/** Row 7: what it costs to plan an edit of one device in a patch of 50, all voices sounding, and what it sends. */
export function planOfAnEdit({ quick }: Thoroughness): Row[] {
  const rounds = quick ? 25 : 101
  const results = Object.entries(kinds).map(([kind, edit]) => {
    const sizes = [10, 50, 200].map((devices) => sizeOf(editOf(edit, devices).onlyPlan()))
    const { onlyPlan, compileAndPlan } = editOf(edit, 50)
    const ms = milliseconds(() => void onlyPlan(), rounds)
    const all = milliseconds(() => void compileAndPlan(), rounds)
    const same = new Set(sizes.map(({ commands, values }) => `${commands} ${values}`)).size === 1
    return { kind, ms, all, sizes, same }
  })
  const slowest = results.reduce((a, b) => (b.ms > a.ms ? b : a))
  return [
    {
      number: '7',
      figure: `\`plan()\` for an edit of one device, 50 devices × 16 voices: the slowest of ${results.length} kinds`,
      measured: `${slowest.ms.toFixed(2)} ms (${slowest.kind})`,
      budget: '≤ 2 ms',
      kept: slowest.ms <= 2,
    },
    ...results.map(({ kind, ms, all, sizes, same }) => ({
      number: '',
      figure: `… ${kind}: commands in a patch of 10, 50, 200 devices; ms, and with compile`,
      measured: `${sizes.map(({ commands }) => commands).join(', ')}; ${ms.toFixed(2)} ms, ${all.toFixed(2)} ms`,
      budget: 'the same number',
      kept: same,
    })),
  ]
}

/**
 * Row 8: how the cost of a whole patch grows with its devices. As many devices are planned in small patches as in large ones, and
 * by turns, so that both pay for the garbage that they make: of single small plans hardly one meets a collection.
 */
export async function growthOfPlanning({ quick }: Thoroughness): Promise<Row[]> {
  const [few, many] = [50, 1000]
  const planned = (devices: number): Contestant => {
    const patch = parsed(largePatch(devices, 1))
    return {
      name: `${devices} devices`,
      run() {
        for (let i = 0; i < many / devices; i++)
          plan(emptyAllocation(), compile(patch, { catalogue }), { position: () => 0 })
      },
    }
  }
  const costs = await interleaved([planned(few), planned(many)], 1, quick ? 15 : 61)
  const [small, large] = costs.map((cost, i) => (cost * 1000 * [few, many][i]!) / many) as [number, number]
  return [
    {
      number: '8',
      figure: 'growth of compile + plan from 50 to 1,000 devices',
      measured: `${(large / small).toFixed(1)} (${small.toFixed(2)} → ${large.toFixed(1)} ms)`,
      budget: '≤ 25',
      kept: large / small <= 25,
    },
  ]
}
