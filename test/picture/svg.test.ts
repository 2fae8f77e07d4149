import { describe, expect, it } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import type { ConnectionSpec, DeviceSpec, Patch } from '../../src/patch/index.ts'
import { layoutOf, svgOf } from '../../src/picture/index.ts'
import type { Box, Layout } from '../../src/picture/layout.ts'
import { framesOf } from '../../src/picture/picture.ts'
import { hostile } from './hostile.ts'
import { fifty } from './large.ts'
import { drawn } from './pictures.ts'
import { elementsOf, readXml, textOf, type Read } from './xml.ts'

const patches: Readonly<Record<string, Patch>> = {
  'nothing at all': { devices: {} },
  'one device': { devices: { osc: { type: 'oscillator' } }, connections: [['osc', 'out']] },
  'a knob that nobody reads': { knobs: { lonely: 0 }, devices: {} },
  'hostile texts': hostile,
  'fifty devices': fifty,
}
const names = Object.keys(patches)

const known = new Map<string, Promise<Layout>>()

/** Laid out once for all tests. */
async function layout(name: string): Promise<Layout> {
  const laid = known.get(name) ?? layoutOf(drawn(patches[name] as Patch))
  known.set(name, laid)
  return await laid
}

const apart = (a: Box, b: Box): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
const within = (a: Box, b: Box): boolean =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height

/** All pairs of boxes that overlap. */
function overlaps(boxes: readonly (Box & { readonly what: string })[]): string[] {
  return boxes.flatMap((a, i) =>
    boxes.slice(i + 1).flatMap((b) => (apart(a, b) ? [] : [`${a.what} and ${b.what}`])),
  )
}

describe.each(names)('the layout of %s', (name) => {
  it('puts nothing onto anything else', async () => {
    const { nodes, cables } = await layout(name)
    const tags = cables.flatMap(({ cable, amount }) =>
      amount === undefined ? [] : [{ ...amount, what: cable.id }],
    )
    expect(overlaps([...nodes.map((node) => ({ ...node, what: node.node.id })), ...tags])).toEqual([])
  })

  it('puts all devices into the frame of their part, and nothing else', async () => {
    const { picture, nodes, frames, width, height } = await layout(name)
    const whole: Box = { x: 0, y: 0, width, height }
    for (const placed of nodes) {
      const { node } = placed
      expect(within(placed, whole)).toBe(true)
      const part = framesOf(picture).find(({ nodes }) => nodes.includes(node))?.part ?? ''
      const inside = frames.filter((frame) => within(placed, frame)).map((frame) => frame.part)
      const touched = frames.filter((frame) => !apart(placed, frame)).map((frame) => frame.part)
      expect([node.id, inside, touched]).toEqual([node.id, part === '' ? [] : [part], inside])
    }
  })

  it('leads every cable from its output to a plug of its own, at right angles', async () => {
    const { nodes, cables } = await layout(name)
    const ends = new Set<string>()
    for (const { cable, points } of cables) {
      const from = nodes.find(({ node }) => node.id === cable.from)
      const to = nodes.find(({ node }) => node.id === cable.to)
      const row = to?.rows.find(({ port }) => port.name === cable.port)
      const plug = row?.plugs.find((one) => one.cable === cable.id)
      const [first, last] = [points[0], points.at(-1)]
      expect(first?.x).toBeCloseTo((from?.x ?? NaN) + (from?.width ?? NaN), 3)
      expect(last?.x).toBeCloseTo(to?.x ?? NaN, 3)
      expect(last?.y).toBeCloseTo(plug?.y ?? NaN, 3)
      ends.add(`${last?.x} ${last?.y}`)
      for (const [i, point] of points.slice(1).entries()) {
        const before = points[i] as typeof point
        expect(Math.min(Math.abs(point.x - before.x), Math.abs(point.y - before.y))).toBeLessThan(0.01)
      }
    }
    expect(ends.size).toBe(cables.length)
  })
})

describe('the layout', () => {
  it('is the same each time', async () => {
    expect(await layoutOf(drawn(fifty))).toEqual(await layout('fifty devices'))
  })

  it('of more cables than anybody could follow is refused by name', async () => {
    const mixers = Array.from({ length: 65 }, (_, i): [string, DeviceSpec] => [`m${i}`, { type: 'mixer' }])
    const connections = mixers.flatMap(([to], i) =>
      mixers.slice(0, i).map(([from], k): ConnectionSpec => [from, `${to}.in${k + 1}`]),
    )
    const error = await layoutOf(drawn({ devices: Object.fromEntries(mixers), connections })).catch(
      (error: unknown) => error,
    )
    expect(error).toBeInstanceOf(MegasynthError)
    expect((error as MegasynthError).problems).toMatchObject([
      { code: 'too-large', path: 'connections', found: '2080 cables, 80 too many' },
    ])
  })
})

const byClass = (svg: Read, name: string): Read[] =>
  [...elementsOf(svg)].filter(({ attributes }) => attributes['class']?.split(' ').includes(name))

describe.each(names)('the SVG of %s', (name) => {
  const read = async (): Promise<Read> => readXml(svgOf(await layout(name)))

  it('is well-formed, and no two elements have the same id', async () => {
    const svg = await read()
    expect(svg.name).toBe('svg')
    const ids = [...elementsOf(svg)].flatMap(({ attributes }) => attributes['id'] ?? [])
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
  })

  it('has nothing that could run or load anything', async () => {
    const elements = [...elementsOf(await read())]
    const kinds = new Set(elements.map((element) => element.name))
    for (const kind of kinds)
      expect(['svg', 'g', 'rect', 'path', 'circle', 'text', 'title', 'desc', 'style']).toContain(kind)
    for (const { attributes } of elements)
      for (const key of Object.keys(attributes)) expect(key).not.toMatch(/^on|href/)
    expect(elements.map((element) => (element.name === 'style' ? textOf(element) : '')).join('')).not.toMatch(
      /url|@import/,
    )
  })

  it('is named and described for those who cannot see it', async () => {
    const svg = await read()
    expect(svg.attributes['role']).toBe('img')
    const said = (svg.attributes['aria-labelledby'] ?? '').split(' ').map((id) => {
      const [element] = [...elementsOf(svg)].filter(({ attributes }) => attributes['id'] === id)
      return element === undefined ? '' : textOf(element)
    })
    expect(said).toEqual([expect.stringMatching(/./), expect.stringMatching(/voices? .*\d+ cable/)])
  })

  it('styles every class that it uses, on light and on dark paper alike', async () => {
    const svg = await read()
    const [style] = [...elementsOf(svg)].filter((element) => element.name === 'style')
    const [day = '', night = ''] = textOf(style as Read).split('@media (prefers-color-scheme:dark)')
    const used = new Set(
      [...elementsOf(svg)].flatMap(({ attributes }) => attributes['class']?.split(' ') ?? []),
    )
    for (const one of used) expect(day).toMatch(new RegExp(`\\.${one}[{,]`))
    const coloured = (css: string): string[] =>
      Array.from(css.matchAll(/\.([\w-]+)\{[^}]*#[0-9a-f]{6}/g), ([, name]) => name ?? '').toSorted()
    expect(coloured(night)).toEqual(coloured(day))
  })
})

describe('the legend', () => {
  const legend = async (patch: Patch): Promise<string> => {
    const svg = readXml(svgOf(await layoutOf(drawn(patch))))
    const last = svg.children.filter((child) => typeof child !== 'string').at(-1)
    return last === undefined ? '' : textOf(last).replaceAll(/\s+/g, ' ')
  }

  it('explains what there is, and only that', async () => {
    expect((await legend({ devices: {} })).trim()).toBe('')
    const one = await legend(patches['one device'] as Patch)
    expect(one).toContain('audio, mono')
    expect(one).not.toContain('stereo')
    expect(one).not.toContain('feedback')
    const all = await legend(fifty)
    for (const text of ['audio, stereo', 'control', 'knob', 'feedback', 'normalled', 'bypassed'])
      expect(all).toContain(text)
  })
})

it('cables are thick for audio, thin for control, with a core if stereo, and dashed if late', async () => {
  const svg = readXml(svgOf(await layout('fifty devices')))
  const { cables } = drawn(fifty)
  const count = (test: (cable: (typeof cables)[number]) => boolean): number => cables.filter(test).length
  const paths = byClass(svg, 'cable').filter(({ attributes }) => attributes['d']?.includes('L'))
  const inDrawing = (...classes: string[]): number => {
    const groups = [...elementsOf(svg)].filter(({ attributes }) => attributes['id']?.startsWith('cable-'))
    return groups.filter((group) => classes.every((one) => byClass(group, one).length > 0)).length
  }
  expect(paths.length).toBeGreaterThan(0)
  expect(inDrawing('audio', 'thick')).toBe(count(({ signal }) => signal === 'audio'))
  expect(inDrawing('control', 'thin')).toBe(count(({ signal }) => signal === 'control'))
  expect(inDrawing('knob', 'thin')).toBe(count(({ signal }) => signal === 'knob'))
  expect(inDrawing('core')).toBe(count(({ channels }) => channels === 2))
  expect(inDrawing('late')).toBe(count(({ feedback }) => feedback))
})
