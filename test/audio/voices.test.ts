import { afterEach, describe, expect, it } from 'vitest'
import type { NoteEvent, OfflineSynth, Patch } from '../../src/index.ts'
import { createOffline } from '../../src/index.ts'
import { cents, clickFigure, fundamental, levelAt, rms, sharpness } from './ear.ts'

const rate = 48000
const hertz = (note: number): number => 440 * 2 ** ((note - 69) / 12)

/** A sine, the strictest judge, behind an envelope that is no click itself. */
const tone = (voices: Patch['voices'], more: Partial<Patch> = {}): Patch => ({
  ...(voices !== undefined && { voices }),
  devices: {
    osc: { type: 'oscillator', waveform: 'sine', amplitude: 0.3 },
    env: { type: 'envelope', attack: 0.2, decay: 0.05, sustain: 1, release: 0.2 },
    amp: { type: 'amplifier' },
  },
  connections: [['osc', 'amp.in'], ['env', 'amp.gain'], ['amp', 'out']], // prettier-ignore
  ...more,
})

const open: OfflineSynth[] = []
const start = async (patch: Patch): Promise<OfflineSynth> => {
  const synth = await createOffline({ patch })
  open.push(synth)
  return synth
}
afterEach(async () => {
  for (const synth of open.splice(0)) await synth.close()
})
const left = async (synth: OfflineSynth, seconds: number): Promise<Float32Array> =>
  (await synth.advance(seconds)).channels[0] as Float32Array
const on = (note: number, more: Partial<Extract<NoteEvent, { kind: 'on' }>> = {}): NoteEvent => {
  return { kind: 'on', note, velocity: 0.8, ...more }
}

describe('a note that is stolen', () => {
  it.each([
    ['a low one', [45, 50]],
    ['a middle one', [57, 62]],
    ['a high one', [84, 89]],
  ])('fades without a click, and the new one begins in the next block: %s', async (_, notes) => {
    const synth = await start(tone(2))
    for (const note of notes) synth.play(on(note))
    synth.play(on(notes[0]! + 7), { at: 1 })
    const sound = await left(synth, 2)
    expect(clickFigure(sound, rate, 1)).toBeLessThanOrEqual(1.25)
    const rest = sound.subarray(1.6 * rate)
    expect(levelAt(rest, rate, hertz(notes[0]!))).toBeLessThan(0.003)
    expect(levelAt(rest, rate, hertz(notes[0]! + 7))).toBeGreaterThan(0.2)
    expect(levelAt(rest, rate, hertz(notes[1]!))).toBeGreaterThan(0.2)
  })

  /** The same, as loud as it is struck: a velocity of 0.8 is an amplitude of 0.3. */
  const struck = (voices: number): Patch => {
    const { devices, connections = [] } = tone(voices)
    return tone(voices, {
      devices: { ...devices, osc: { type: 'oscillator', waveform: 'sine' } },
      connections: [['keys.velocity', 'osc.amplitude', 0.375], ...connections],
    })
  }
  /** A low note is held, and something happens to it: at its sharpest from then on, and as it was before. */
  const sharpest = async (voices: number, note: number, event: NoteEvent, at: number) => {
    const synth = await start(struck(voices))
    synth.play(on(note))
    synth.play(event, { at })
    const sound = await left(synth, at + 0.8)
    return {
      whole: sharpness(sound.subarray((at - 0.05) * rate)),
      before: sharpness(sound.subarray((at - 0.3) * rate, (at - 0.05) * rate)),
    }
  }
  /** The worst of so many places of a wave. */
  const worst = async (figure: (at: number) => Promise<number>): Promise<number> => {
    const figures: number[] = []
    for (let i = 0; i < 12; i++) figures.push(await figure(1 + (i * 128) / rate))
    return Math.max(...figures)
  }

  it.each([
    ['A2', 45],
    ['C2', 36],
    ['A1', 33],
    ['E1', 28],
    ['A0', 21],
  ])('fades without a click, however low it is, wherever its wave is: %s', async (_, note) => {
    const events: NoteEvent[] = [on(note + 7, { velocity: 0 }), { kind: 'silence' }]
    for (const event of events) {
      const figure = await worst(async (at) => {
        const { whole, before } = await sharpest(1, note, event, at)
        return whole / before
      })
      expect(figure, event.kind).toBeLessThanOrEqual(1.25)
    }
  })

  it.each([
    ['A1', 33],
    ['E1', 28],
  ])('is no sharper with the new one than that beside it on a free voice: %s', async (_, note) => {
    const figure = await worst(async (at) => {
      const stolen = await sharpest(1, note, on(note + 7), at)
      return stolen.whole / (await sharpest(2, note, on(note + 7), at)).whole
    })
    expect(figure).toBeLessThanOrEqual(1.25)
  })

  it('fades on as it would have when what leaves the voice is replaced on the way', async () => {
    const sound = async (edits: boolean): Promise<Float32Array> => {
      const patch = tone(1)
      const synth = await start(patch)
      synth.play(on(33))
      synth.play(on(40, { velocity: 0 }), { at: 1 })
      const first = await left(synth, 1.019)
      if (edits) {
        // one input more, from which nothing comes
        const { devices, connections = [] } = patch
        const report = await synth.apply({
          ...patch,
          devices: { ...devices, osc2: { type: 'oscillator' } },
          connections: [...connections, ['osc2', 'amp.in', 0]],
        })
        expect(report.replaced).toEqual(['amp'])
      }
      const second = await left(synth, 0.7)
      return Float32Array.from([...first, ...second])
    }
    const [plain, edited] = [await sound(false), await sound(true)]
    const apart = plain.map((sample, i) => sample - edited[i]!)
    expect(rms(plain.subarray(rate, 1.1 * rate))).toBeGreaterThan(0.1)
    expect(Math.max(...apart.map(Math.abs))).toBeLessThan(0.01 * 0.3)
  })

  it('is not waited for by any of nine in 0.2 s', async () => {
    const onset = async (count: number): Promise<number[]> => {
      const voices = { count, steal: 'oldest' } as const
      const devices: Patch['devices'] = { osc: { type: 'oscillator', waveform: 'saw' } }
      const connections: Patch['connections'] = [['keys.velocity', 'osc.amplitude'], ['osc', 'out']] // prettier-ignore
      const levels: number[] = []
      // which of them is heard
      for (let heard = 0; heard < 9; heard++) {
        const synth = await start({ voices, devices, connections })
        for (let i = 0; i < 8; i++) synth.play(on(57 + i, { velocity: 0 }))
        for (let i = 0; i < 9; i++)
          synth.play(on(69 + i, { velocity: i === heard ? 0.8 : 0 }), { at: 1 + 0.0255 * i })
        const at = 1 + 0.0255 * heard
        levels.push(rms((await left(synth, at + 0.02)).subarray((at + 0.006) * rate, (at + 0.02) * rate)))
      }
      return levels
    }
    const [stolen, free] = [await onset(8), await onset(32)]
    for (const [i, level] of stolen.entries()) expect(level / free[i]!, `note ${i}`).toBeGreaterThan(0.8)
  })

  it('leaves a voice on which the next one sounds, also if it fell asleep before it had faded', async () => {
    const devices: Patch['devices'] = {
      osc: { type: 'oscillator', waveform: 'sine', amplitude: 0.3 },
      env: { type: 'envelope', attack: 0.005, decay: 0.05, sustain: 1, release: 0.05 },
      amp: { type: 'amplifier' },
    }
    // some of them are before the voices are looked at again
    for (let at = 0.7; at < 0.84; at += 0.015) {
      const synth = await start(tone(1, { devices }))
      synth.play(on(60))
      synth.play({ kind: 'off', note: 60 }, { at: 0.2 })
      synth.play(on(64), { at: 0.6 })
      synth.play(on(76), { at })
      const sound = await left(synth, at + 0.3)
      expect(levelAt(sound.subarray((at + 0.1) * rate), rate, hertz(76)), `${at}`).toBeGreaterThan(0.2)
    }
  })

  it('is not waited for: the new one is as loud from the start as on a free voice', async () => {
    const level = async (voices: number): Promise<number> => {
      const devices: Patch['devices'] = { osc: { type: 'oscillator', waveform: 'sine', amplitude: 0.3 } }
      const synth = await start(tone(voices, { devices, connections: [['osc', 'out']] }))
      synth.play(on(40))
      synth.play(on(88), { at: 1 })
      return levelAt((await left(synth, 1.1)).subarray(1.006 * rate, 1.02 * rate), rate, hertz(88))
    }
    expect((await level(1)) / (await level(4))).toBeCloseTo(1, 1)
  })

  it.each<Patch['voices']>([1, { count: 2, unison: 2 }, { count: 1, steal: 'quietest', glide: 0.1 }])(
    'is not waited for: the new one begins in the very sample in which it does on a free voice, in the next block: %j',
    async (voices) => {
      const onset = async (policy: Patch['voices'], isSilent: boolean): Promise<number> => {
        const synth = await start({
          ...(policy !== undefined && { voices: policy }),
          devices: { osc: { type: 'oscillator', waveform: 'saw' } },
          connections: [
            ['keys.velocity', 'osc.amplitude'],
            ['osc', 'out'],
          ],
        })
        // it is held, and has a voice, but nothing is heard of it
        synth.play(on(40, { velocity: 0 }))
        if (isSilent) synth.play({ kind: 'off', note: 40 }, { at: 0.5 })
        synth.play(on(88), { at: 1 })
        return (await left(synth, 1.1)).findIndex((sample) => Math.abs(sample) > 1e-9)
      }
      const stolen = await onset(voices, false)
      expect(stolen).toBe(await onset(voices, true))
      expect(stolen).toBeGreaterThanOrEqual(rate)
      expect(stolen).toBeLessThan(rate + 128 + 8)
    },
  )

  it('is one of as many as there may be: more do not sound', async () => {
    const synth = await start(tone(3))
    const notes = [48, 52, 55, 59, 62, 66]
    for (const [i, note] of notes.entries()) synth.play(on(note), { at: i * 0.01 })
    await synth.advance(1)
    const sound = await left(synth, 1)
    expect(notes.map((note) => levelAt(sound, rate, hertz(note)) > 0.1)).toEqual([false, false, false, true, true, true]) // prettier-ignore
  })

  it('is any of them when all is silenced, without a click', async () => {
    const synth = await start(tone(4))
    for (const note of [45, 52]) synth.play(on(note))
    synth.play({ kind: 'silence' }, { at: 1 })
    const sound = await left(synth, 2)
    expect(clickFigure(sound, rate, 1)).toBeLessThanOrEqual(1.25)
    expect(rms(sound.subarray(1.5 * rate))).toBe(0)
    synth.play(on(57))
    await synth.advance(0.5)
    expect(levelAt(await left(synth, 0.5), rate, hertz(57))).toBeGreaterThan(0.2)
  })
})

describe('pitch', () => {
  /** Pitch in semitones around a time. */
  const pitchAt = (sound: Float32Array, seconds: number, width = 0.06): number => {
    const part = sound.subarray((seconds - width / 2) * rate, (seconds + width / 2) * rate)
    return 69 + cents(440, fundamental(part, rate)) / 100
  }

  it.each([
    ['interval', 0.4, 12, 0.4],
    ['interval', 0.4, 24, 0.4],
    ['octave', 0.4, 12, 0.4],
    ['octave', 0.4, 24, 0.8],
  ] as const)('glides in its time: %s, %d s, %d semitones', async (per, time, interval, seconds) => {
    const synth = await start(tone({ mode: 'mono', glide: { time, per } }))
    synth.play(on(60))
    synth.play(on(60 + interval), { at: 0.5 })
    const sound = await left(synth, 2)
    expect(pitchAt(sound, 0.5 + seconds / 2)).toBeCloseTo(60 + interval / 2, 0)
    expect(pitchAt(sound, 0.5 + seconds * 0.9)).toBeLessThan(60 + interval * 0.96)
    expect(Math.abs(pitchAt(sound, 0.55 + seconds) - 60 - interval)).toBeLessThan(0.01)
  })

  it('glides only while another key is down, if it is to', async () => {
    const synth = await start(tone({ mode: 'mono', glide: { time: 0.5, when: 'legato' } }))
    synth.play(on(60))
    synth.play({ kind: 'off', note: 60 }, { at: 0.4 })
    synth.play(on(72), { at: 0.5 })
    expect(Math.abs(pitchAt(await left(synth, 1), 0.7) - 72)).toBeLessThan(0.01)
  })

  it('is bent by two semitones, exactly, on one channel and not on its neighbour', async () => {
    const synth = await start(tone(4))
    synth.play(on(60, { channel: 1 }))
    synth.play(on(76, { channel: 2 }))
    for (const semitones of [2, -2]) {
      synth.play({ kind: 'bend', semitones, channel: 1 })
      await synth.advance(0.5)
      const sound = await left(synth, 1)
      expect(levelAt(sound, rate, hertz(60 + semitones))).toBeGreaterThan(0.2)
      expect(levelAt(sound, rate, hertz(60))).toBeLessThan(0.01)
      expect(levelAt(sound, rate, hertz(76))).toBeGreaterThan(0.2)
    }
    synth.play({ kind: 'off', note: 76, channel: 2 })
    await synth.advance(1)
    expect(Math.abs(pitchAt(await left(synth, 1), 0.5, 0.9) - 58)).toBeLessThan(0.01)
  })

  it('is that of the tuning, also when it changes while a note is held', async () => {
    const scale = [100, 200, 300, 386.3, 500, 600, 702, 800, 900, 1000, 1100, 1200]
    const synth = await start(tone(4, { tuning: { scale } }))
    synth.play(on(64))
    await synth.advance(0.5)
    expect(Math.abs(pitchAt(await left(synth, 1), 0.5, 0.9) - 63.863)).toBeLessThan(0.005)
    await synth.apply(tone(4, { tuning: { a4: 432 } }))
    await synth.advance(0.5)
    const wanted = 64 + cents(440, 432) / 100
    expect(Math.abs(pitchAt(await left(synth, 1), 0.5, 0.9) - wanted)).toBeLessThan(0.005)
  })
})

describe('keys', () => {
  const fast: Patch['devices'] = {
    osc: { type: 'oscillator', waveform: 'sine', amplitude: 0.3 },
    env: { type: 'envelope', attack: 0.005, decay: 0.1, sustain: 0.2, release: 0.05 },
    amp: { type: 'amplifier' },
  }
  it('that are tied do not begin the envelope anew, others do', async () => {
    for (const mode of ['legato', 'mono'] as const) {
      const synth = await start(tone({ mode }, { devices: fast }))
      synth.play(on(60))
      synth.play(on(64), { at: 0.5 })
      const sound = await left(synth, 0.6)
      const [before, after] = [
        rms(sound.subarray(0.4 * rate, 0.5 * rate)),
        rms(sound.subarray(0.5 * rate, 0.53 * rate)),
      ]
      if (mode === 'legato') expect(after / before).toBeCloseTo(1, 1)
      else expect(after / before).toBeGreaterThan(2)
    }
  })

  it('are held by the sustain pedal, and end with it', async () => {
    const synth = await start(tone(4, { devices: fast }))
    synth.play({ kind: 'sustain', down: true })
    synth.play(on(60))
    synth.play({ kind: 'off', note: 60 }, { at: 0.2 })
    synth.play({ kind: 'sustain', down: false }, { at: 1 })
    const sound = await left(synth, 1.5)
    expect(rms(sound.subarray(0.8 * rate, rate))).toBeGreaterThan(0.02)
    expect(rms(sound.subarray(1.2 * rate))).toBeLessThan(1e-4)
  })

  it('of a unison are detuned around the note, and spread by a pan', async () => {
    const synth = await start({
      voices: { count: 3, unison: { voices: 3, detune: 40, spread: 1 } },
      devices: {
        osc: { type: 'oscillator', waveform: 'sine', amplitude: 0.2 },
        place: { type: 'pan' },
      },
      connections: [['osc', 'place.in'], ['keys.spread', 'place.position'], ['place', 'out']], // prettier-ignore
    })
    synth.play(on(69))
    await synth.advance(0.2)
    const { channels } = await synth.advance(2)
    const levels = channels.map((channel) =>
      [68.6, 69, 69.4].map((note) => levelAt(channel, rate, hertz(note))),
    )
    const [[lowL, midL, highL], [lowR, midR, highR]] = levels as [number[], number[]]
    // each has its share of the level
    expect(lowL).toBeCloseTo(0.2 / Math.sqrt(3), 2)
    expect(highR).toBeCloseTo(0.2 / Math.sqrt(3), 2)
    expect(highL).toBeLessThan(0.01)
    expect(lowR).toBeLessThan(0.01)
    expect(midL! / midR!).toBeCloseTo(1, 2)
  })
})
