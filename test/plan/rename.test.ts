import { describe, expect, it } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import { emptyAllocation, plan } from '../../src/plan/index.ts'
import { findRenames, renamed } from '../../src/plan/rename.ts'
import { compiled } from './network-of.ts'

const patch = (names: { osc?: string; filter?: string } = {}, more: Patch['devices'] = {}): Patch => {
  const { osc = 'osc', filter = 'filter' } = names
  return {
    devices: { [osc]: { type: 'oscillator', frequency: 100 }, [filter]: { type: 'filter' }, ...more },
    connections: [[osc, `${filter}.in`], [filter, 'out']], // prettier-ignore
  }
}
const running = (a: Patch) => plan(emptyAllocation(), compiled(a).network, { position: () => 0 }).allocation
const renames = (a: Patch, b: Patch) => Object.fromEntries(findRenames(running(a), compiled(b).network))

describe('renames', () => {
  it('are seen by the content and the cables at both ends', () => {
    expect(renames(patch(), patch({ osc: 'tone' }))).toEqual({ osc: 'tone' })
    expect(renames(patch(), patch({ filter: 'low' }))).toEqual({ filter: 'low' })
    expect(renames(patch(), patch())).toEqual({})
  })
  it('may be several at once', () => {
    expect(renames(patch(), patch({ osc: 'tone', filter: 'low' }))).toEqual({ osc: 'tone', filter: 'low' })
  })
  it('are none where the content is another', () => {
    const other = patch({ osc: 'tone' })
    const changed = { ...other, devices: { ...other.devices, tone: { type: 'oscillator', frequency: 200 } } }
    expect(renames(patch(), changed)).toEqual({})
  })
  it('are none where a cable is another', () => {
    const other = patch({ osc: 'tone' })
    expect(
      renames(patch(), { ...other, connections: [...(other.connections ?? []), ['tone', 'out']] }),
    ).toEqual({})
  })
  it('are none where one could be taken for another', () => {
    const two = (a: string, b: string): Patch => patch({}, { [a]: { type: 'noise' }, [b]: { type: 'noise' } })
    expect(renames(two('a', 'b'), two('c', 'd'))).toEqual({})
    expect(renames(two('a', 'b'), two('a', 'd'))).toEqual({ b: 'd' })
  })
  it('move what is running, what leaves, and all that refers to them', () => {
    const from = running(patch())
    const to = renamed(from, new Map([['osc', 'tone']]))
    expect([...to.nodes.keys()]).toEqual(['tone', 'filter', 'out'])
    expect(to.nodes.get('tone')?.node.name).toBe('tone')
    expect(to.nodes.get('filter')?.node.controls['in.1.bus']).toMatchObject({ node: 'tone' })
    expect(to.nodes.get('tone')?.instances).toBe(from.nodes.get('osc')?.instances)
    expect(renamed(from, new Map())).toBe(from)
  })
})
