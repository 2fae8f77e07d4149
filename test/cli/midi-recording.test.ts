import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createOffline, type Patch } from '../../src/index.ts'
import { placeOf } from '../../src/cli/files.ts'
import { midiLine, midiPlace, recordMidi } from '../../src/cli/midi-recording.ts'
import { wavPlace } from '../../src/cli/render.ts'
import { plain } from '../../src/errors/index.ts'
import { readMidiFile } from '../../src/midi/file.ts'
import { scratch } from './helpers.ts'

const folder = scratch()
const patch: Patch = { devices: { osc: { type: 'oscillator' } }, connections: [['osc', 'out']] }
const kinds = (name: string): string[] =>
  readMidiFile(readFileSync(join(folder.path, name))).messages.flatMap(({ message: m }) =>
    'note' in m ? [m.kind] : [],
  )

/** Begins to record, plays a note that is still held, and goes on so. */
async function recording(
  name: string,
  work: (one: ReturnType<typeof recordMidi>) => void,
  force = false,
): Promise<void> {
  const synth = await createOffline({ patch })
  try {
    const one = recordMidi([{ synth }], placeOf(folder.path, name), force)
    synth.noteOn(60)
    await synth.advance(0.25)
    work(one)
  } finally {
    await synth.close()
  }
}

describe('a MIDI file that is recorded', () => {
  it('is there when it is finished, with notes that end, and not before', async () => {
    await recording('take.mid', ({ finish }) => {
      expect(folder.names()).not.toContain('take.mid')
      expect(midiLine('take.mid', finish(), { paint: plain })).toBe('✓ take.mid: 0.25 s, 1 note')
    })
    expect(kinds('take.mid')).toEqual(['noteOn', 'noteOff'])
  })

  it('is there also when the program ends before it is finished', async () => {
    const before = process.listeners('exit')
    await recording('late.mid', () => {
      const [own] = process.listeners('exit').filter((one) => !before.includes(one))
      own?.(0)
    })
    expect(kinds('late.mid')).toEqual(['noteOn', 'noteOff'])
    expect(process.listeners('exit')).toEqual(before)
  })

  it('leaves what was there when it is given up, and nothing beside it', async () => {
    const before = process.listeners('exit')
    folder.write('old.mid', 'old')
    await recording('old.mid', ({ abort }) => abort(), true)
    expect(readFileSync(join(folder.path, 'old.mid'), 'utf8')).toBe('old')
    expect(folder.names().filter((name) => name.startsWith('.'))).toEqual([])
    expect(process.listeners('exit')).toEqual(before)
  })

  it('replaces no file that has come there meanwhile, and is called as the user calls it', async () => {
    await recording('meanwhile.mid', ({ finish }) => {
      folder.write('meanwhile.mid', 'of somebody else')
      expect(finish).toThrow(/^meanwhile\.mid: is there already/)
    })
    expect(readFileSync(join(folder.path, 'meanwhile.mid'), 'utf8')).toBe('of somebody else')
    await expect(recording('meanwhile.mid', () => undefined)).rejects.toThrow(/^meanwhile\.mid: is there/)
  })

  it.each([
    ['lead.ts', "recordMidi('lead.mid')", 'write --record-midi lead.mid'],
    ['take', "recordMidi('take.mid')", 'write --record-midi take.mid'],
    [
      'takes/',
      `recordMidi('${join('takes', 'take.mid')}')`,
      `write --record-midi ${join('takes', 'take.mid')}`,
    ],
    ['-', "recordMidi('take.mid')", 'write --record-midi take.mid'],
    ["it's.wav", String.raw`recordMidi('it\'s.mid')`, "write --record-midi it's.mid"],
  ])('has a name that says so: %s is refused', (written, call, flag) => {
    for (const [asked, fix] of [
      ['recordMidi', call],
      ['--record-midi', flag],
    ] as const)
      // prettier-ignore
      expect(() => midiPlace('/', asked, written)).toThrow(fix)
  })

  it('has a name that ends in .mid or .midi, in any case', () => {
    for (const name of ['a.mid', 'b.MIDI']) expect(midiPlace('/', 'recordMidi', name).shown).toBe(name)
    expect(() => wavPlace('/', 'record', 'a.mid')).toThrow("record('a.wav')")
  })
})
