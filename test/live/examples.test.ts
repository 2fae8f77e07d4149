import { describe, expect, it } from 'vitest'
import bass from '../../examples/bass.ts'
import bell from '../../examples/bell.ts'
import drone from '../../examples/drone.ts'
import pad from '../../examples/pad.ts'
import starter from '../../examples/starter.ts'
import tremolo from '../../examples/tremolo.ts'
import { render } from '../../src/index.ts'
import { dc, db, hasNaN, peak, rms } from '../audio/ear.ts'

const chords = 'C3+E3+G3+C4 F3+A3+C4 G3+B3+D4+F4 C3+E3+G3+C4'
const examples = { starter, tremolo, pad, bass, bell, drone }

describe.each(Object.entries(examples))('examples/%s.ts', (_, patch) => {
  it('sounds, below full scale, without NaN and DC', async () => {
    const { channels } = await render(patch, { notes: chords, seconds: 6 })
    for (const channel of channels) {
      expect(hasNaN(channel)).toBe(false)
      expect(db(rms(channel))).toBeGreaterThan(-40)
      expect(peak(channel)).toBeLessThan(1)
      expect(Math.abs(dc(channel))).toBeLessThan(0.004)
    }
  })
})
