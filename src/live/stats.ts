import type { LiveStatus } from '../engine/live.ts'
import type { Allocation, Voices } from '../plan/index.ts'
import type { Stats } from './live-synth.ts'

/** What is there, counted. */
export function statsOf(
  time: number,
  live: LiveStatus,
  allocation: Allocation,
  { voices, policy }: Voices,
): Stats {
  const instances = [...allocation.nodes.values()].map((node) => node.instances.length)
  return {
    ...live,
    time,
    voices: {
      held: voices.filter(({ held }) => held).length,
      awake: allocation.voices.filter(({ paused }) => !paused).length,
      total: policy.count,
    },
    synths: instances.reduce((sum, count) => sum + count, allocation.leaving.length),
    audioBuses: used(allocation.audioBuses),
    controlBuses: used(allocation.controlBuses),
  }
}

/** Numbers of a pool that are handed out. */
const used = ({ next, free }: Allocation['audioBuses']): number =>
  Object.entries(free).reduce((sum, [length, runs]) => sum - Number(length) * runs.length, next)
