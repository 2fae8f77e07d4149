import { expect, it } from 'vitest'
import { createLiveEngine } from '../../src/engine/live.ts'
import { errorOf, nSet } from './helpers.ts'

it('a live engine says which command has failed, also where its caller does not describe them', async () => {
  const engine = await createLiveEngine({ device: 'silent' })
  try {
    const { problems } = await errorOf(() => engine.transact([nSet(99, { freq: 1 })]))
    expect(problems).toMatchObject([{ code: 'engine-failed', path: '/n_set 99' }])
  } finally {
    await engine.close()
  }
})
