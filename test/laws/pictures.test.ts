import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { checkPatch, type ConnectionSpec, type ParsedPatch, type Patch } from '../../src/patch/index.ts'
import { dotOf, layoutOf, mermaidOf, pictureOf, svgOf, terminalText } from '../../src/picture/index.ts'
import { columnsOf } from '../../src/picture/text.ts'
import { graphvizOf } from '../picture/graphviz.ts'
import { readMermaid } from '../picture/mermaid.ts'
import { elementsOf, readXml } from '../picture/xml.ts'
import { patchArbitrary, runs } from './patches.ts'

const anyText = fc.option(fc.string({ unit: 'binary', maxLength: 60 }), { nil: undefined })

/** Random patches whose every text is anything at all. */
const labelled: fc.Arbitrary<Patch> = fc
  .tuple(patchArbitrary(), fc.string({ unit: 'binary' }), fc.infiniteStream(anyText))
  .map(([patch, name, labels]): Patch => {
    const label = (): { label?: string } => {
      const { value } = labels.next() as IteratorYieldResult<string | undefined>
      return value === undefined ? {} : { label: value }
    }
    return {
      ...patch,
      name,
      knobs: Object.fromEntries(
        Object.entries(patch.knobs ?? {}).map(([key, knob]) => [
          key,
          { ...(typeof knob === 'number' ? { value: knob } : knob), ...label() },
        ]),
      ),
      devices: Object.fromEntries(
        Object.entries(patch.devices).map(([key, device]) => [key, { ...device, ...label() }]),
      ),
    }
  })

const parsed = (patch: Patch): ParsedPatch => {
  const { patch: valid, problems } = checkPatch(patch, standard, out)
  if (valid === undefined) throw new Error(problems.map(({ message }) => message).join('; '))
  return valid
}

/** Everything that a picture must have: names, and cables as `from → to.port`. */
function namesOf({ devices, knobs }: ParsedPatch): string[] {
  return [...Object.keys(devices), ...Object.keys(knobs), 'out'].toSorted()
}

function cablesOf({ connections = [] }: Patch): string[] {
  return connections
    .map((cable: ConnectionSpec) => {
      const { from, to } = 'from' in cable ? cable : { from: cable[0], to: cable[1] }
      return `${from} → ${to === 'out' ? 'out.in' : to}`
    })
    .toSorted()
}

/** `keys.*` and `clock.*`: always there, and in the picture if a cable reads them. */
const isGiven = (id: string): boolean => id.includes('.')

describe('pictures of random patches with any texts', () => {
  it('have every knob, device and cable exactly once', () => {
    fc.assert(
      fc.property(labelled, (patch) => {
        const valid = parsed(patch)
        const { nodes, cables } = pictureOf(valid, standard)
        const ids = nodes.map(({ id }) => id)
        expect(ids.filter((id) => !isGiven(id)).toSorted()).toEqual(namesOf(valid))
        expect(new Set(ids).size).toBe(ids.length)
        expect(cables.map(({ from, to, port }) => `${from} → ${to}.${port}`).toSorted()).toEqual(
          cablesOf(patch),
        )
        for (const { from, to, port } of cables) {
          expect(ids).toContain(from)
          const node = nodes.find(({ id }) => id === to)
          expect(node?.kind === 'device' && node.ports.filter(({ name }) => name === port)).toHaveLength(1)
        }
        const read = new Set(cables.flatMap(({ from }) => (isGiven(from) ? [from] : [])))
        expect(ids.filter(isGiven).toSorted()).toEqual([...read].toSorted())
      }),
      runs(150),
    )
  })

  it('as Mermaid have all of it, in texts that end where they should', () => {
    fc.assert(
      fc.property(labelled, (patch) => {
        const picture = pictureOf(parsed(patch), standard)
        const { nodes, edges, frames } = readMermaid(mermaidOf(picture))
        const name = new Map(picture.nodes.map(({ kind, id }) => [`${kind}_${id.replace('.', '_')}`, id]))
        expect(nodes.map(({ id }) => name.get(id) ?? '').toSorted()).toEqual(
          picture.nodes.map(({ id }) => id).toSorted(),
        )
        expect(
          edges
            .map(({ from, to, label }) => `${name.get(from)} → ${name.get(to)}.${label.split(' ')[0]}`)
            .toSorted(),
        ).toEqual(cablesOf(patch))
        expect(frames.length).toBeLessThanOrEqual(3)
      }),
      runs(150),
    )
  })

  it('for Graphviz have all of it, as Graphviz reads it', async () => {
    await fc.assert(
      fc.asyncProperty(labelled, async (patch) => {
        const picture = pictureOf(parsed(patch), standard)
        const { nodes, edges } = await graphvizOf(dotOf(picture))
        expect(nodes.toSorted()).toEqual(picture.nodes.map(({ id }) => id).toSorted())
        expect(edges.map((edge) => edge.split(' ').slice(0, 3).join(' ')).toSorted()).toEqual(cablesOf(patch))
      }),
      runs(40),
    )
  })

  it('as SVG have all of it, and are well-formed', async () => {
    await fc.assert(
      fc.asyncProperty(labelled, async (patch) => {
        const picture = pictureOf(parsed(patch), standard)
        const layout = await layoutOf(picture)
        const ids = [...elementsOf(readXml(svgOf(layout)))].flatMap(
          ({ attributes }) => attributes['id'] ?? [],
        )
        expect(ids.filter((id) => !id.startsWith('megasynth-')).toSorted()).toEqual(
          [...picture.nodes.map(({ id }) => id), ...picture.cables.map(({ id }) => id)].toSorted(),
        )
        for (const { points } of layout.cables) expect(points.length).toBeGreaterThan(1)
      }),
      runs(40),
    )
  })

  it('in the terminal have all of it, no wider than the terminal', () => {
    fc.assert(
      fc.property(labelled, fc.integer({ min: 40, max: 160 }), (patch, width) => {
        const valid = parsed(patch)
        const text = terminalText(pictureOf(valid, standard), { width })
        const lines = text.split('\n')
        expect(lines.filter((line) => columnsOf(line) > width)).toEqual([])
        expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u202e]/u)
        const boxes = lines.flatMap((line) => /^.? *╭ (\w+) /u.exec(line)?.[1] ?? [])
        expect(boxes.toSorted()).toEqual([...Object.keys(valid.devices), 'out'].toSorted())
        expect(lines.filter((line) => line.includes('▕'))).toHaveLength(Object.keys(valid.knobs).length)
        expect(lines.filter((line) => /^.? *[│╎].* ← /u.test(line))).toHaveLength(valid.connections.length)
      }),
      runs(150),
    )
  })
})
