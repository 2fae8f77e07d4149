import { describe, expect, it } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import { mermaidOf } from '../../src/picture/index.ts'
import { hostile } from './hostile.ts'
import { fifty } from './large.ts'
import { readMermaid } from './mermaid.ts'
import { drawn } from './pictures.ts'

describe('a patch for Mermaid', () => {
  it.each([
    ['nothing at all', { devices: {} }],
    ['fifty devices', fifty],
    ['hostile texts', hostile],
  ] satisfies [string, Patch][])('of %s has every node and cable', (_, patch) => {
    const picture = drawn(patch)
    const { nodes, edges } = readMermaid(mermaidOf(picture))
    expect(nodes.map(({ id }) => id).toSorted()).toEqual(
      picture.nodes.map(({ kind, id }) => `${kind}_${id.replace('.', '_')}`).toSorted(),
    )
    expect(edges.map(({ label }) => label)).toEqual(
      picture.cables.map(({ port, amount }) => (amount === undefined ? port : `${port} ${amount}`)),
    )
  })

  it('shows all texts as they are', () => {
    const { nodes } = readMermaid(mermaidOf(drawn(hostile)))
    const label = (id: string): string | undefined => nodes.find((node) => node.id === id)?.label
    expect(label('device_node')).toBe(
      'node\n</text><script>alert(1)</script>\noscillator\naudio mono\nfrequency: keys.pitch\ngate: keys.gate',
    )
    expect(label('knob_graph')).toBe('graph 1\n]]>')
    expect(label('device_strict')).toBe('strict\n\\"\\l{|}<a> next\nlfo\ncontrol mono')
  })

  it('tells cables apart', () => {
    const { edges } = readMermaid(mermaidOf(drawn(hostile)))
    const arrow = (from: string, to: string): string | undefined =>
      edges.find((edge) => edge.from === from && edge.to === to)?.arrow
    expect(arrow('device_node', 'device_digraph')).toBe('==>')
    expect(arrow('device_strict', 'device_digraph')).toBe('-->')
    expect(arrow('knob_end', 'device_node')).toBe('-->')
    expect(arrow('device_click', 'device_edge')).toBe('-.->')
  })

  it('frames what every voice has', () => {
    expect(readMermaid(mermaidOf(drawn(fifty))).frames).toEqual([
      'shared, before the voices',
      'in each of the 4 voices',
      'shared, after the voices',
    ])
  })

  it('says for the blind what it is, in words without signs', () => {
    const [, title = '', description = ''] = mermaidOf(drawn(hostile)).split('\n')
    expect(title).toMatch(/^ {2}accTitle: [\w .,()]+$/)
    expect(description).toBe('  accDescr: 2 voices (poly), 8 devices, 4 knobs, 14 cables')
  })
})
