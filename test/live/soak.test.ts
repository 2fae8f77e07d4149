import { expect, it } from 'vitest'
import { soak } from '../../bench/soak/soak.ts'

// `npm run soak -- --minutes 10` is the long one
it('half a minute of random playing leaves nothing behind, and nothing goes wrong', async () => {
  const { signal } = new AbortController()
  const { failures, tally, bursts } = await soak({ seconds: 30, seed: 4, signal, lenient: true })
  expect(failures).toEqual([])
  expect(bursts).toBe(3)
  expect(Math.min(tally.notes, tally.scheduled, tally.edits)).toBeGreaterThan(0)
}, 600_000)
