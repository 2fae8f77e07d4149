import { afterEach, describe, expect, it } from 'vitest'
import type { OfflineSynth, Patch } from '../../src/index.ts'
import { createOffline } from '../../src/index.ts'
import { clickFigure, rms } from './ear.ts'

const rate = 48000
const hertz = (note: number): number => 440 * 2 ** ((note - 69) / 12)
const open: OfflineSynth[] = []
afterEach(async () => {
  for (const synth of open.splice(0)) await synth.close()
})

/** A sine, the strictest judge, whose level is its velocity. */
const shaped: Patch = {
  voices: 4,
  devices: {
    osc: { type: 'oscillator', waveform: 'sine' },
    env: { type: 'envelope', attack: 0.2, decay: 0.05, sustain: 1, release: 0.2 },
    amp: { type: 'amplifier' },
  },
  connections: [['keys.velocity', 'osc.amplitude', 0.4], ['osc', 'amp.in'], ['env', 'amp.gain'], ['amp', 'out']], // prettier-ignore
}
/** The same without an envelope: the gate of the voice alone. */
const organ: Patch = {
  voices: 4,
  devices: { osc: { type: 'oscillator', waveform: 'sine' } },
  connections: [['keys.velocity', 'osc.amplitude', 0.4], ['osc', 'out']], // prettier-ignore
}

async function heard(
  patch: Patch,
  seconds: number,
  play: (synth: OfflineSynth) => void,
): Promise<Float32Array> {
  const synth = await createOffline({ patch })
  open.push(synth)
  play(synth)
  return (await synth.advance(seconds)).channels[0] as Float32Array
}

/** Struck again while it is held, or a little after it was let go, at several places of the wave. */
const moments = [0, 0.0037, 0.0074, 0.0111].map((later) => 1 + later)

/** The sharpest that a note is at its second strike. */
async function figure(
  patch: Patch,
  note: number,
  from: number,
  to: number,
  released: number,
): Promise<number> {
  let worst = 0
  for (const at of moments) {
    const sound = await heard(patch, at + 0.9, (synth) => {
      synth.noteOn(note, from)
      if (released > 0) synth.noteOff(note, { at: at - released })
      synth.noteOn(note, to, { at })
    })
    // before it was let go, and when the new strike is over
    const steady = {
      before: sound.subarray(0.65 * rate, 0.85 * rate),
      after: sound.subarray((at + 0.5) * rate),
    }
    worst = Math.max(worst, clickFigure(sound, rate, at, steady))
  }
  return worst
}

describe.each([
  ['shaped by an envelope', shaped],
  ['by the gate alone', organ],
])('a note that is struck again while it sounds, %s', (_, patch) => {
  it.each([33, 45, 57, 69])(
    'is no sharper than a release with an attack right after it: %d',
    async (note) => {
      // of a tone that sounds on, so that it begins at any place of the wave
      const osc = {
        type: 'oscillator',
        waveform: 'sine',
        shared: true,
        amplitude: 0.32,
        frequency: hertz(note),
      }
      const free = { ...patch, devices: { ...patch.devices, osc, amp: { type: 'amplifier' } }, connections: [['osc', 'amp.in'], ...('env' in patch.devices ? [['env', 'amp.gain'] as const] : []), ['amp', 'out']] } as const // prettier-ignore
      let attack = 1
      for (const at of moments) {
        const sound = await heard(free, at + 0.9, (synth) => synth.noteOn(note, 0.8, { at }))
        attack = Math.max(attack, clickFigure(sound, rate, at, { after: sound.subarray((at + 0.5) * rate) }))
      }
      for (const released of [0, 0.06])
        expect(await figure(patch, note, 0.8, 0.8, released)).toBeLessThanOrEqual(2 * attack)
    },
  )

  it.each([33, 45, 57, 69])(
    'does not click where its velocity is another and its key is down: %d',
    async (note) => {
      const same = Math.max(1, await figure(patch, note, 0.8, 0.8, 0))
      for (const [from, to] of [
        [0.3, 1],
        [1, 0.3],
        [0.6, 0.9],
      ] as const)
        expect(await figure(patch, note, from, to, 0)).toBeLessThanOrEqual(1.25 * same)
    },
  )

  it('is as loud as its velocity says at once where it was silent, and 40 ms later where it sounded', async () => {
    const level = (sound: Float32Array, at: number): number =>
      rms(sound.subarray(at * rate, (at + 0.1) * rate))
    const alone = await heard(patch, 2, (synth) => synth.noteOn(69, 0.9, { at: 1 }))
    const again = await heard(patch, 2, (synth) => {
      synth.noteOn(69, 0.2)
      synth.noteOn(69, 0.9, { at: 1 })
    })
    expect(level(again, 1.3) / level(alone, 1.3)).toBeCloseTo(1, 2)
    const rested = await heard(patch, 5, (synth) => {
      synth.noteOn(69, 0.2)
      synth.noteOff(69, { at: 0.3 })
      synth.noteOn(69, 0.9, { at: 3 })
    })
    for (const after of [0, 0.02, 0.3])
      expect(level(rested, 3 + after) / level(alone, 1 + after)).toBeCloseTo(1, 1)
  })
})

describe('a plucked note that is struck again', () => {
  const pluck: Patch = {
    ...shaped,
    devices: {
      ...shaped.devices,
      env: { type: 'envelope', attack: 0.003, decay: 0.05, sustain: 0, release: 0.05 },
    },
  }
  const peak = (sound: Float32Array, at: number): number =>
    sound.subarray(at * rate, (at + 0.1) * rate).reduce((most, x) => Math.max(most, Math.abs(x)), 0)

  it.each([
    ['poly', 4],
    ['mono', { mode: 'mono' }],
  ] as const)('is as loud as it is struck, soon after it was let go: %s', async (_, voices) => {
    const velocities = [1, 0.1, 1, 0.1, 0.5]
    for (const apart of [0.125, 0.25, 0.4]) {
      const sound = await heard({ ...pluck, voices }, 2.5, (synth) => {
        for (const [i, velocity] of velocities.entries()) {
          synth.noteOn(69, velocity, { at: i * apart })
          synth.noteOff(69, { at: (i + 0.6) * apart })
        }
      })
      const fresh = peak(sound, 0)
      for (const [i, velocity] of velocities.entries())
        expect(Math.abs(peak(sound, i * apart) / (velocity * fresh) - 1)).toBeLessThan(0.15)
    }
  })
})
