import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import { createSynth } from '../../src/live/create.ts'
import { readMidiFile } from '../../src/midi/file.ts'
import type { Patch } from '../../src/patch/index.ts'
import { FakePorts } from '../midi/fake-ports.ts'
import { attachedTo, endAfterwards, flagsOf } from './attached.ts'
import { scratch } from './helpers.ts'
import { until } from '../until.ts'

const patch: Patch = { devices: { osc: { type: 'oscillator' } }, connections: [['osc', 'out']] }
const folder = scratch()

async function attached(ports: FakePorts, ...argv: string[]) {
  const synth = await createSynth({ patch, device: 'silent' })
  endAfterwards(() => synth.close())
  return { synth, ...(await attachedTo([{ synth }], ports, folder.path, ...argv)) }
}
const bend = [0xe0, 127, 127]

describe('megasynth play on MIDI ports', () => {
  it('is played from all ports, and sends on to the one that is named', async () => {
    const ports = new FakePorts('keys', 'box')
    const { events, notes, end } = await attached(ports, '--midi-in', 'keys', '--midi-out', 'box')
    ports.play('keys', [0x90, 60, 127, ...bend])
    expect(events()).toEqual([
      { kind: 'on', note: 60, velocity: 1, channel: 0, id: 'keys:60' },
      { kind: 'bend', semitones: 2, channel: 0 },
    ])
    await until(() => (ports.sent.get('box') ?? []).some(([status]) => status === 0xe0))
    expect(ports.sent.get('box')).toContainEqual([0x90, 60, 127])
    expect(notes).toContain('played from MIDI: keys')
    await end()
    expect([ports.listeners('keys'), ports.isWatched]).toEqual([0, false])
    expect(ports.sent.get('box')).toContainEqual([0x80, 60, 64])
  })

  it('listens to one channel, and bends as far as it is told', async () => {
    const ports = new FakePorts('keys')
    const { events } = await attached(ports, '--midi-channel', '2', '--bend-range', '12')
    ports.play('keys', [0x90, 60, 127, 0x91, 62, 127, 0xe1, 127, 127])
    expect(events()).toMatchObject([
      { kind: 'on', note: 62, channel: 1 },
      { kind: 'bend', semitones: 12, channel: 1 },
    ])
  })

  it('is an MPE instrument: each note bends by itself, and what is recorded bends as far', async () => {
    const ports = new FakePorts('keys')
    const { events, end } = await attached(ports, '--mpe', '--record-midi', 'mpe.mid')
    ports.play('keys', [0x91, 60, 127, 0xe1, 0, 96, ...bend])
    const semitones = (4096 / 8191) * 48
    // its own bend, and for every note of the zone that of the zone besides
    expect(events().slice(0, 2)).toEqual([
      { kind: 'on', note: 60, velocity: 1, channel: 1, id: 'keys:60' },
      { kind: 'bend', semitones, channel: 1, keysDown: true },
    ])
    expect(events()).toContainEqual({ kind: 'bend', semitones: semitones + 2, channel: 1, keysDown: true })
    await end()
    const { messages } = readMidiFile(new Uint8Array(readFileSync(join(folder.path, 'mpe.mid'))))
    const bends = messages.flatMap(({ message: m }) => (m.kind === 'pitchBend' && m.channel === 1 ? [m.value] : [])) // prettier-ignore
    expect(bends.slice(0, 1)).toEqual([Math.round((semitones / 48) * 8191)])
    expect(bends).toContain(Math.round(((semitones + 2) / 48) * 8191))
  })

  it('has ports of its own, and others only if they are named', async () => {
    const ports = new FakePorts('keys')
    const { events, end } = await attached(ports, '--midi-virtual', 'Mega')
    ports.play('keys', [0x90, 60, 127])
    ports.play('Mega', [0x90, 62, 127])
    expect(events()).toMatchObject([{ kind: 'on', note: 62 }])
    await until(() => (ports.sent.get('Mega') ?? []).some(([status]) => status === 0x90))
    await end()
    expect(ports.listeners('Mega')).toBe(0)
    const both = await attached(ports, '--midi-virtual', 'Mega', '--midi-in', 'keys', '--midi-out', 'keys')
    ports.sent.delete('Mega')
    ports.play('keys', [0x90, 60, 127])
    ports.play('Mega', [0x90, 62, 127])
    expect(both.events()).toMatchObject([{ note: 60 }, { note: 62 }])
    await until(() => (ports.sent.get('keys') ?? []).filter(([status]) => status === 0x90).length === 2)
    expect(ports.sent.has('Mega')).toBe(false)
  })

  it('beside ports of its own hears all that there are and will be, if --midi-in names none', async () => {
    const ports = new FakePorts()
    const { events } = await attached(ports, '--midi-virtual', 'Mega', '--midi-in')
    ports.plug('keys')
    ports.play('keys', [0x90, 60, 127])
    ports.play('Mega', [0x90, 62, 127])
    expect(events()).toMatchObject([{ note: 60 }, { note: 62 }])
  })

  it('says what is wrong with a port that is not there, and attaches nothing then', async () => {
    const ports = new FakePorts('keys')
    await expect(attached(ports, '--midi-out', 'bxo')).rejects.toThrow(MegasynthError)
    expect([ports.listeners('keys'), ports.isWatched]).toEqual([0, false])
    // an earlier take stays, and no empty one is left
    folder.write('take.mid', 'an earlier take')
    for (const file of ['take.mid', 'other.mid'])
      await expect(attached(ports, '--record-midi', file, '--force', '--midi-out', 'bxo')).rejects.toThrow(
        MegasynthError,
      )
    expect(readFileSync(join(folder.path, 'take.mid'), 'utf8')).toBe('an earlier take')
    expect(folder.names()).not.toContain('other.mid')
  })

  it.each([
    ['--midi-channel', '0'],
    ['--midi-channel', '17'],
    ['--midi-channel', '1.5'],
    ['--bend-range', '-3'],
    ['--bend-range', '128'],
    ['--bend-range', 'wide'],
  ])('refuses %s %s', (flag, value) => {
    expect(() => flagsOf(flag, value)).toThrow(/expected (a channel|semitones), \d+\.\./)
  })
})
