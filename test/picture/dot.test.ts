import { instance } from '@viz-js/viz'
import { describe, expect, it } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import { dotOf } from '../../src/picture/index.ts'
import { hostile } from './hostile.ts'
import { fifty } from './large.ts'
import { drawn } from './pictures.ts'
import { graphvizOf } from './graphviz.ts'

describe('a patch for Graphviz', () => {
  it.each([
    ['nothing at all', { devices: {} }],
    ['fifty devices', fifty],
    ['hostile texts', hostile],
  ] satisfies [string, Patch][])('of %s has every node and cable as Graphviz reads it', async (_, patch) => {
    const picture = drawn(patch)
    const { nodes, edges } = await graphvizOf(dotOf(picture))
    expect(nodes.toSorted()).toEqual(picture.nodes.map(({ id }) => id).toSorted())
    expect(edges.toSorted()).toEqual(
      picture.cables.map(({ from, to, port, amount = '' }) => `${from} → ${to}.${port} ${amount}`).toSorted(),
    )
  })

  it('is drawn by Graphviz with all texts as they are', async () => {
    const viz = await instance()
    const svg = viz.renderString(dotOf(drawn(hostile)), { format: 'svg' })
    for (const text of [
      '&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;',
      '電子フィルター',
      '&quot;] end',
    ])
      expect(svg).toContain(text)
    expect(svg).not.toContain('<script')
  })

  it('frames what every voice has', async () => {
    const { clusters } = await graphvizOf(dotOf(drawn(fifty)))
    expect(clusters).toEqual([
      'shared, before the voices',
      'in each of the 4 voices',
      'shared, after the voices',
    ])
  })
})
