import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createOffline, type OfflineSynth, type Patch, type Report } from '../../src/index.ts'
import { reportLine } from '../../src/plan/index.ts'
import { patchArbitrary, runs } from '../laws/patches.ts'

const tone: Patch = {
  name: 'tone',
  voices: { mode: 'drone' },
  knobs: { cutoff: { value: 0.5, range: [100, 8000] }, level: 0.5 },
  devices: { osc: { type: 'oscillator' }, low: { type: 'filter', cutoff: 400, resonance: 0.2 } },
  connections: [['osc', 'low.in'], ['cutoff', 'low.cutoff', 0.5], ['level', 'osc.amplitude'], ['low', 'out']], // prettier-ignore
}
const low = (change: object): Patch => ({ ...tone, devices: { ...tone.devices, low: { ...tone.devices['low'], ...change } as never } }) // prettier-ignore
/** A reload line, without the time. */
const line = (report: Report | undefined): string =>
  report === undefined ? '' : reportLine(report).replace(/ · [\d.]+ ms$/, '')

async function playing(test: (synth: OfflineSynth) => Promise<void>): Promise<void> {
  const synth = await createOffline({ patch: tone })
  try {
    await synth.advance(0.1)
    await test(synth)
  } finally {
    await synth.close()
  }
}

it.each<[what: string, patch: Patch, says: string]>([
  ['nothing', structuredClone(tone), 'nothing changed'],
  ['a knob', { ...tone, knobs: { ...tone.knobs, level: 0.8 } }, 'knobs level: 0.5 → 0.8 · 3 untouched'],
  ['a range', { ...tone, knobs: { ...tone.knobs, cutoff: { value: 0.5, range: [50, 8000] } } }, 'set low · knobs cutoff.range: [100, 8000] → [50, 8000] · 2 untouched'], // prettier-ignore
  ['a new knob', { ...tone, knobs: { ...tone.knobs, more: 0.1 } }, 'knobs more: none → 0.1 · 3 untouched'],
  ['the tempo', { ...tone, tempo: 90 }, 'tempo 120 → 90 · 3 untouched'],
  ['the tuning', { ...tone, tuning: { a4: 432 } }, 'tuning added · 3 untouched'],
  ['the name', { ...tone, name: 'a tone' }, 'name tone → "a tone" · 3 untouched'],
  ['a constant', low({ resonance: 0.3 }), 'set low · 2 untouched'],
  ['a constant under a knob', low({ cutoff: 500 }), 'set low · 2 untouched'],
  ['an amount', { ...tone, connections: tone.connections!.map((cable) => ((cable as readonly string[])[0] === 'cutoff' ? ['cutoff', 'low.cutoff', 0.6] : cable)) as never }, 'set low · 2 untouched'], // prettier-ignore
  ['a label', low({ label: 'Low' }), 'labels low · 3 untouched'],
  ['all of it', { ...low({ resonance: 0.3 }), tempo: 60, knobs: { ...tone.knobs, level: 0.1 } }, 'set low · knobs level: 0.5 → 0.1 · tempo 120 → 60 · 2 untouched'], // prettier-ignore
])('a reload line tells of %s', async (_, patch, says) => {
  await playing(async (synth) => {
    expect(line(synth.plan(patch).report)).toBe(says)
    expect(line(await synth.apply(patch))).toBe(says)
    expect(line(synth.plan(patch).report)).toBe('nothing changed')
  })
})

it('knobs and the tempo are told from where they are to where they go', async () => {
  await playing(async (synth) => {
    synth.setKnob('level', 0.9)
    synth.setTempo(100)
    await synth.advance(0.1)
    expect(line(await synth.apply({ ...tone, tempo: 90 }))).toBe('tempo 100 → 90 · 3 untouched')
    expect(line(await synth.apply({ ...tone, tempo: 90, knobs: { ...tone.knobs, level: 0.3 } }))).toBe('knobs level: 0.9 → 0.3 · 3 untouched') // prettier-ignore
    await synth.advance(0.1)
    synth.store('here')
    synth.setKnob('level', 0.7)
    await synth.advance(0.1)
    expect(line(await synth.recall('here'))).toBe('knobs level: 0.7 → 0.3 · 3 untouched')
  })
})

it('of whatever two patches that differ, something is told', async () => {
  await fc.assert(
    fc.asyncProperty(patchArbitrary(5), patchArbitrary(5), async (a, b) => {
      const synth = await createOffline({ patch: a })
      try {
        const report = await synth.apply(b)
        expect(line(report) === 'nothing changed').toBe(report.differences.length === 0)
        expect(line(await synth.apply(structuredClone(b)))).toBe('nothing changed')
      } finally {
        await synth.close()
      }
    }),
    runs(20),
  )
})
