import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOffline } from '../../src/live/index.ts'
import type { Patch } from '../../src/patch/index.ts'
import { patchArbitrary, runs } from './patches.ts'

/** What happens while a patch is rendered: a press, a release or a turn, and then some blocks. */
const happeningArbitrary = fc.record({
  kind: fc.constantFrom('on', 'off', 'allOff', 'knob'),
  note: fc.constantFrom(0, 36, 48, 60, 60.5, 72, 100, 127),
  level: fc.integer({ min: 0, max: 8 }).map((n) => n / 8),
  blocks: fc.nat({ max: 30 }),
})
type Happening = typeof happeningArbitrary extends fc.Arbitrary<infer T> ? T : never

async function rendered(patch: Patch, happenings: readonly Happening[]): Promise<Float32Array[]> {
  const synth = await createOffline({ patch })
  const parts: Float32Array[][] = []
  try {
    for (const { kind, note, level, blocks } of happenings) {
      const knob = Object.keys(patch.knobs ?? {})[note % 3]
      if (kind === 'on') synth.noteOn(note, level)
      else if (kind === 'off') synth.noteOff(note)
      else if (kind === 'allOff') synth.allNotesOff()
      else if (knob !== undefined) synth.setKnob(knob, level)
      parts.push([...(await synth.advance((blocks * 128) / 48000)).channels])
    }
    parts.push([...(await synth.advance(0.2)).channels])
    return parts.flat()
  } finally {
    await synth.close()
  }
}

describe('rendering any patch', () => {
  it('gives no NaN, nothing above full scale, and the same bytes twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        patchArbitrary(),
        fc.array(happeningArbitrary, { maxLength: 8 }),
        async (patch, happenings) => {
          const once = await rendered(patch, happenings)
          for (const channel of once)
            for (const sample of channel) if (!(Math.abs(sample) <= 1)) expect(sample).toBe('within −1..1')
          const twice = await rendered(patch, happenings)
          expect(twice.map((part) => Buffer.from(part.buffer).toString('base64'))).toEqual(
            once.map((part) => Buffer.from(part.buffer).toString('base64')),
          )
        },
      ),
      runs(15),
    )
  })
})
