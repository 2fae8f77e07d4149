import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseMidi, writeMidi } from 'midi-file'
import { describe, expect, it } from 'vitest'
import { WaveFile } from 'wavefile'
import { readMidiFile } from '../../src/midi/file.ts'
import type { Patch } from '../../src/patch/index.ts'
import { cli, scratch } from '../cli/helpers.ts'

const prelude = 'examples/midi/bach-prelude-bwv846.mid'
const { path, write } = scratch()
const sampleRate = 48000
/** Frames: what is sent takes effect when a block begins. */
const block = 128
/** −100 dBFS: what is left of a note is below it, and its first samples are above. */
const audible = 1e-5

// all of them fall to silence within a sixteenth, so that every note can be heard to begin
const patches: Readonly<Record<string, Patch>> = {
  pluck: {
    devices: {
      osc: { type: 'oscillator', waveform: 'sine', amplitude: 0.3 },
      env: { type: 'envelope', attack: 0.002, decay: 0.08, sustain: 0, release: 0.02 },
      amp: { type: 'amplifier' },
    },
    connections: [
      ['osc', 'amp.in'],
      ['env', 'amp.gain'],
      ['amp', 'out'],
    ],
  },
  reed: {
    voices: 6,
    devices: {
      osc: { type: 'oscillator', waveform: 'saw', amplitude: 0.3, offset2: 0.1, level2: 1 },
      filter: { type: 'filter', mode: 'highpass', slope: 24, cutoff: 600 },
      env: { type: 'envelope', attack: 0.002, decay: 0.06, sustain: 0, release: 0.02 },
      amp: { type: 'amplifier' },
      pan: { type: 'pan', position: -0.4 },
    },
    connections: [
      ['osc', 'filter.in'],
      ['filter', 'amp.in'],
      ['env', 'amp.gain'],
      ['amp', 'pan.in'],
      ['pan', 'out'],
    ],
  },
  brush: {
    voices: 16,
    devices: {
      noise: { type: 'noise' },
      env: { type: 'envelope', attack: 0.002, decay: 0.05, sustain: 0, release: 0.01 },
      amp: { type: 'amplifier' },
      tone: { type: 'filter', mode: 'highpass', shared: true, cutoff: 2000 },
    },
    connections: [
      ['noise', 'amp.in'],
      ['env', 'amp.gain'],
      ['amp', 'tone.in'],
      ['tone', 'out'],
    ],
  },
}

/** Seconds at which something begins after it was silent for 50 ms. */
function onsets(file: string): number[] {
  const wav = new WaveFile(readFileSync(file))
  const [left, right] = wav.getSamples(false, Float32Array) as unknown as [Float32Array, Float32Array]
  const found: number[] = []
  let last = -Infinity
  left.forEach((sample, frame) => {
    if (Math.max(Math.abs(sample), Math.abs(right[frame] ?? 0)) < audible) return
    if (frame - last > 0.05 * sampleRate) found.push(frame / sampleRate)
    last = frame
  })
  return found
}

/** Times at which notes begin in a file. */
const begins = (midi: string): number[] => [
  ...new Set(
    readMidiFile(readFileSync(midi)).messages.flatMap(({ time, message }) =>
      message.kind === 'noteOn' ? [time] : [],
    ),
  ),
]

/** How many blocks there are at the most between what is written and what is heard. */
function lateness(heard: readonly number[], written: readonly number[]): number {
  expect(heard).toHaveLength(written.length)
  const blockAt = (seconds: number): number => Math.floor((seconds * sampleRate) / block + 1e-6)
  return Math.max(...heard.map((time, i) => Math.abs(blockAt(time) - blockAt(written[i] ?? NaN))))
}

describe("Bach's prelude", () => {
  it.each(Object.keys(patches))(
    'played by "%s": every note begins within a block of its time',
    async (name) => {
      const patch = write(`${name}.json`, JSON.stringify(patches[name]))
      const wav = join(path, `${name}.wav`)
      const { code, stderr } = await cli(['render', patch, '--midi', prelude, '-o', wav, '--format', '32f'])
      expect([code, stderr]).toEqual([0, ''])
      expect(lateness(onsets(wav), begins(prelude))).toBeLessThanOrEqual(1)
    },
  )

  it('played by all three at once, each its own channel: the same', async () => {
    const { header, tracks } = parseMidi(readFileSync(prelude))
    // by register: bass, tenor, treble
    const channelOf = (note: number): number => (note < 55 ? 0 : note < 67 ? 1 : 2)
    const split = tracks.map((track) =>
      track.map((event) =>
        event.type === 'noteOn' || event.type === 'noteOff'
          ? { ...event, channel: channelOf(event.noteNumber) }
          : event,
      ),
    )
    const midi = join(path, 'three.mid')
    writeFileSync(midi, Uint8Array.from(writeMidi({ header, tracks: split })))
    for (const [name, patch] of Object.entries(patches)) write(`${name}.json`, JSON.stringify(patch))
    const map = write(
      'map.json',
      JSON.stringify({
        1: 'pluck.json',
        2: { patch: 'reed.json', gain: 0.8, transpose: 12 },
        3: 'brush.json',
      }),
    )
    const wav = join(path, 'three.wav')
    const { code, stderr } = await cli(['render', '--map', map, '--midi', midi, '-o', wav, '--format', '32f'])
    expect([code, stderr]).toEqual([0, ''])
    expect(lateness(onsets(wav), begins(midi))).toBeLessThanOrEqual(1)
  })
})
