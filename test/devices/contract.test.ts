import { describe, expect, it } from 'vitest'
import { compile, out, parsePatch, standard, type DeviceType, type Patch } from '../../src/index.ts'
import { hasNaN, peak } from '../audio/ear.ts'
import { hear, lab } from './probe.ts'

const reserved = ['type', 'shared', 'label', 'bypass']
const types: [string, DeviceType][] = Object.entries({ ...standard, out })
const portsOf = (type: DeviceType): string[] => Object.keys(type.ports).map((name) => name.replace('#', '1'))

describe.each(types)('%s', (name, type) => {
  it('says what it is: title, documentation, ranges', () => {
    expect(type.title).toMatch(/^[A-Z]/)
    expect(type.doc).toMatch(/\.$/)
    for (const [port, declaration] of Object.entries(type.ports)) {
      expect(declaration.doc).toMatch(/\.$/)
      expect(port).toMatch(/^[a-z][A-Za-z0-9]*#?$/)
      if (declaration.kind === 'value') {
        const { min, max, scale, unit } = declaration
        expect(min).toBeLessThan(max)
        expect(declaration.default).toBeGreaterThanOrEqual(min)
        expect(declaration.default).toBeLessThanOrEqual(max)
        if (scale !== 'linear') expect(min).toBeGreaterThan(0)
        if (scale === 'pitch') expect(unit).toBe('Hz')
      }
      if (declaration.kind === 'choice') {
        expect(declaration.choices).toContain(declaration.default)
        expect(new Set(declaration.choices).size).toBe(declaration.choices.length)
      }
    }
    for (const option of Object.values(type.options ?? {})) {
      expect(option.doc).toMatch(/\.$/)
      expect(option.values).toContain(option.default)
    }
  })

  it('has names of its own for ports and options', () => {
    const names = [...Object.keys(type.ports), ...Object.keys(type.options ?? {})]
    expect(new Set(names).size).toBe(names.length)
    for (const taken of reserved) expect(names).not.toContain(taken)
  })

  if (name === 'out') return

  const sources: Patch['devices'] = {
    wave: { type: 'oscillator', shared: true },
    slow: { type: 'lfo', shared: true },
    wide: { type: 'reverb' },
  }
  const wiring = (shared: boolean, source: string, amount: number): Patch => ({
    voices: 2,
    knobs: { k: 0.5 },
    devices: { ...sources, it: { type: name, shared } },
    connections: [
      ['wave', 'wide.in'],
      ...portsOf(type).map((port) => [source, `it.${port}`, amount] as const),
      ['it', 'out'],
    ],
  })
  const cases = [true, false].flatMap((shared) =>
    ['k', 'slow', 'wave', 'wide'].map((source) => ({ shared, source })),
  )

  it('compiles alone, and with every option and choice', () => {
    for (const [option, { values }] of Object.entries({ none: { values: [0] }, ...type.options }))
      for (const value of values) {
        const ports = option === 'none' ? {} : { [option]: value }
        const patch: Patch = { devices: { it: { type: name, ...ports } }, connections: [['it', 'out']] }
        expect(
          compile(parsePatch(patch, standard, out), { catalogue: standard }).nodes.map((node) => node.name),
        ).toEqual(['it', 'out'])
      }
  })

  it.each(cases)('runs with $source on every port, shared: $shared', async ({ shared, source }) => {
    const channels = await hear(wiring(shared, source, 0.3), { seconds: 0.05, acts: [[0, { on: 60 }]] })
    for (const channel of channels) {
      expect(hasNaN(channel)).toBe(false)
      expect(peak(channel)).toBeLessThan(1)
    }
  })

  it('one port at a time, each by a control and by an audio cable', async () => {
    for (const port of portsOf(type))
      for (const source of ['slow', 'wave']) {
        const patch = wiring(false, source, 0.3)
        const connections = (patch.connections ?? []).filter(
          (c) => Array.isArray(c) && (c[1] === `it.${port}` || !String(c[1]).startsWith('it.')),
        )
        const { nodes } = compile(parsePatch({ ...patch, connections }, lab, out), { catalogue: lab })
        expect(nodes.map((node) => node.name)).toContain('it')
      }
  })

  it('a single voice with default settings stays below full scale', async () => {
    const into = Object.entries(type.ports)
      .filter(([, port]) => port.kind === 'signal')
      .slice(0, 1)
    const patch: Patch = {
      voices: 1,
      devices: { wave: { type: 'oscillator' }, it: { type: name } },
      connections: [
        ...(name === 'oscillator'
          ? []
          : into.map(([port]) => ['wave', `it.${port.replace('#', '1')}`] as const)),
        ['it', 'out'],
      ],
    }
    const channels = await hear(patch, { seconds: 0.3, acts: [[0, { on: 60 }]] })
    for (const channel of channels) expect(peak(channel)).toBeLessThan(1)
  })
})
