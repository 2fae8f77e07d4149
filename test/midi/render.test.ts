import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import { render, type RenderOptions } from '../../src/midi/render.ts'
import type { Patch } from '../../src/patch/index.ts'

const patch = {
  devices: { oscillator0: { type: 'oscillator' } },
  connections: [['oscillator0', 'out']],
} satisfies Patch
const bach = new Uint8Array(readFileSync('examples/midi/bach-prelude-bwv846.mid'))

async function codeOf(options: RenderOptions): Promise<string> {
  try {
    await render(patch, options)
  } catch (error) {
    if (error instanceof MegasynthError) return error.code
    throw error
  }
  return 'rendered'
}

describe('render', () => {
  it('plays a small MIDI file in a Buffer as it plays the same bytes', async () => {
    // one note that never ends: a header, a track with a note-on, a late end of the track
    const bytes = [
      ...[0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 0, 0, 1, 0, 100],
      ...[0x4d, 0x54, 0x72, 0x6b, 0, 0, 0, 8, 0, 0x90, 60, 100, 50, 0xff, 0x2f, 0],
    ]
    const buffer = Buffer.from(bytes)
    expect(buffer.buffer.byteLength).toBeGreaterThan(buffer.length)
    const played = await render(patch, { midi: buffer, seconds: 0.5 })
    expect(played).toEqual(await render(patch, { midi: Uint8Array.from(bytes), seconds: 0.5 }))
    const peak = (from: number, to: number): number =>
      (played.channels[0] ?? new Float32Array())
        .subarray(from, to)
        .reduce((m, x) => Math.max(m, Math.abs(x)), 0)
    // it sounds for a quarter of a second, until the file ends
    expect(peak(9600, 12000)).toBeGreaterThan(0.1)
    expect(peak(19200, 24000)).toBeLessThan(0.001)
    expect([...buffer]).toEqual(bytes)
  })

  it('refuses notes together with MIDI, and MIDI that is no bytes', async () => {
    expect(await codeOf({ notes: 'C4', midi: bach })).toBe('invalid-option')
    expect(await codeOf({ midi: 'prelude.mid' as unknown as Uint8Array })).toBe('invalid-midi')
    expect(await codeOf({ midi: null as unknown as Uint8Array })).toBe('invalid-midi')
  })
})
