/** CPU seconds of this process, all threads. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Something that can be run for a while and costs CPU. */
export interface Contestant {
  readonly name: string
  /** Produces this many seconds of sound. */
  readonly run: (seconds: number) => Promise<void> | void
  readonly close?: () => Promise<void> | void
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/**
 * CPU seconds per second of sound of each contestant: the runs are interleaved, so that a busy machine disturbs all alike,
 * and the median of the rounds counts.
 */
export async function interleaved(
  contestants: readonly Contestant[],
  seconds: number,
  rounds = 7,
): Promise<number[]> {
  const costs = contestants.map((): number[] => [])
  for (const contestant of contestants) await contestant.run(seconds / 2)
  for (let round = 0; round < rounds; round++)
    for (const [i, contestant] of contestants.entries()) {
      const before = cpuSeconds()
      await contestant.run(seconds)
      costs[i]?.push((cpuSeconds() - before) / seconds)
    }
  for (const contestant of contestants) await contestant.close?.()
  return costs.map(median)
}

/** Median of the CPU milliseconds of a synchronous function. */
export function milliseconds(run: () => void, rounds = 15): number {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const before = cpuSeconds()
    run()
    times.push((cpuSeconds() - before) * 1000)
  }
  return median(times)
}
