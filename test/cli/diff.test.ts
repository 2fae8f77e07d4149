import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reloadReport } from '../../src/cli/diff.ts'
import { out, standard } from '../../src/devices/index.ts'
import { createOffline } from '../../src/live/index.ts'
import type { ReadPatch } from '../../src/patch/differences.ts'
import { parsePatch, type Patch } from '../../src/patch/index.ts'
import { runs, sequenceArbitrary } from '../laws/patches.ts'
import { cli, drone, scratch, type Result } from './helpers.ts'

const folder = scratch()
const cwd = folder.path

async function diff(before: object | string, after: object | string, ...flags: string[]): Promise<Result> {
  const text = (patch: object | string): string => (typeof patch === 'string' ? patch : JSON.stringify(patch))
  folder.write('a.json', text(before))
  folder.write('b.json', text(after))
  return await cli(['diff', 'a.json', 'b.json', ...flags], { cwd })
}

const changed = {
  ...drone,
  knobs: { volume: { value: 0.25, label: 'Volume' }, depth: 0.1 },
  devices: {
    ...drone.devices,
    oscillator0: { ...drone.devices.oscillator0, frequency: 330 },
    filter0: { type: 'filter', cutoff: 800 },
  },
  connections: [
    ['volume', 'oscillator0.amplitude'],
    ['depth', 'lfo0.frequency'],
    ['lfo0', 'oscillator0.frequency', 0.02],
    ['oscillator0', 'filter0.in'],
    ['filter0', 'out'],
  ],
}

describe('megasynth diff', () => {
  it('says in what two patches differ, and what a reload would do', async () => {
    const { code, stdout, stderr } = await diff(drone, changed)
    expect([code, stderr]).toEqual([1, ''])
    expect(stdout).toBe(`knobs
     volume        0.5 → 0.25
     volume.label  not set → Volume
  +  depth         0.1
  −  rate          0.4

devices
     oscillator0.frequency  220 Hz → 330 Hz
  +  filter0                { type: filter, cutoff: 800 }

cables
  +  depth → lfo0.frequency
     lfo0 → oscillator0.frequency  × 0.01 → × 0.02
  +  oscillator0 → filter0.in
  +  filter0 → out
  −  rate → lfo0.frequency
  −  oscillator0 → out

applied while it sounds
  added    filter0
  replaced oscillator0, out
  set      lfo0
  knobs    volume: 0.5 → 0.25, volume.label: none → Volume, depth: none → 0.1, rate: 0.4 → none
  kept     0 devices untouched
  synths   3 born, 2 freed; buses: 3 taken, 1 freed
`)
  })

  it('says what is renamed, moved to another order, and cut off when it is long', async () => {
    const text = JSON.stringify({ ...drone, layout: Array.from({ length: 99 }, (_, i) => i) })
    const { stdout } = await diff(drone, text.replaceAll('oscillator0', 'sine0'))
    expect(stdout).toContain('  oscillator0  is called sine0 now\n')
    expect(stdout).toMatch(/ {2}layout {2}not set → \[0, 1, .*…\n/)
    expect(stdout).toContain('  renamed  oscillator0 → sine0\n')
    const turned = await diff(drone, { ...drone, connections: drone.connections.toReversed() })
    expect([turned.code, turned.stdout]).toEqual([1, expect.stringContaining('they stand in another order')])
  })

  it('ends with 0 if both mean the same, in TypeScript or JSON', async () => {
    folder.write('c.ts', `export default ${JSON.stringify({ ...drone, tempo: 120 })}`)
    folder.write('a.json', JSON.stringify({ $schema: './x.json', ...drone }))
    const { code, stdout, stderr } = await cli(['diff', 'c.ts', 'a.json'], { cwd })
    expect([code, stdout, stderr]).toEqual([0, '✓ c.ts and a.json mean the same\n', ''])
  })

  it('answers in JSON', async () => {
    const differing = await diff(drone, { ...drone, tempo: 90 }, '--json')
    expect([differing.code, differing.json()]).toEqual([
      1,
      {
        ok: true,
        before: 'a.json',
        after: 'b.json',
        same: false,
        differences: [{ type: 'patch', key: 'tempo', before: 120, after: 90 }],
        reload: {
          kept: ['lfo0', 'oscillator0', 'out'],
          set: [],
          replaced: [],
          added: [],
          removed: [],
          moved: [],
          renamed: [],
          bases: [],
          synths: { born: 0, freed: 0, back: 0 },
          buses: { taken: 0, freed: 0 },
        },
      },
    ])
    const same = await diff(drone, drone, '--json')
    expect([same.code, same.json()]).toEqual([0, expect.objectContaining({ same: true, differences: [] })])
  })

  it('finds what is wrong with both files at once, and ends with 2', async () => {
    const bad = { ...drone, voices: 0, connections: [['rat', 'lfo0.frequency']] }
    const { code, stdout, stderr } = await diff(bad, '{')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(
      /^✗ a\.json has 2 problems:\n\nvoices: [\s\S]*connections\[0\]: [\s\S]*\n\nb\.json:1:2: .*\[invalid-json\]/,
    )
    const asJson = await diff(bad, '{', '--json')
    expect([asJson.code, asJson.stderr]).toEqual([2, ''])
    expect(asJson.json().problems).toEqual([
      expect.objectContaining({ file: 'a.json', path: 'voices' }),
      expect.objectContaining({ file: 'a.json', code: 'unknown-source' }),
      expect.objectContaining({ code: 'invalid-json', path: 'b.json:1:2' }),
    ])
  })

  it('knows device types of the user, and says once that they are wrong', async () => {
    folder.write(
      'ring.ts',
      `import { defineDevice, signal, ugen } from 'megasynth'
const ring = defineDevice({
  title: 'Ring', doc: 'Rings.', ports: { in: signal('In.') },
  output: { rate: 'audio', polarity: 'bipolar', channels: 'inputs' },
  build: ({ in: input }) => input.map((x) => ugen.mul(x, 0.5)),
})
export default { ring }`,
    )
    const ringing = { ...drone, devices: { ...drone.devices, ring0: { type: 'ring' } } }
    const known = await diff(drone, ringing, '--devices', 'ring.ts')
    expect([known.code, known.stdout]).toEqual([1, expect.stringContaining('+  ring0  { type: ring }')])
    const { code, stderr } = await diff(drone, ringing, '--devices', 'none.ts')
    expect([code, stderr.match(/unreadable-file/g)?.length]).toEqual([2, 1])
  })

  it('reports what the session would report', async () => {
    await fc.assert(
      fc.asyncProperty(sequenceArbitrary(2, 6), async ([before, after]) => {
        const [a, b] = [before as Patch, after as Patch]
        const synth = await createOffline({ patch: a })
        const { report } = synth.plan(b)
        await synth.close()
        const read = (patch: Patch): ReadPatch => ({ patch, parsed: parsePatch(patch, standard, out) })
        expect(reloadReport(read(a), read(b), standard)).toEqual(report)
      }),
      runs(15),
    )
  })
})
