import { expect, it } from 'vitest'
import { createLiveEngine } from '../../src/engine/live.ts'
import { errorOf, nSet } from './helpers.ts'

it('a live engine names the commands that failed as any other does, if nobody says how', async () => {
  const engine = await createLiveEngine({ device: 'silent' })
  try {
    const { problems } = await errorOf(() => engine.transact([nSet(99, { freq: 1 })]))
    expect(problems).toMatchObject([{ code: 'engine-failed', path: '/n_set 99' }])
  } finally {
    await engine.close()
  }
})
