import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLiveEnsemble } from 'megasynth/live'
import { expect, it } from 'vitest'
import type { LivePlayer } from '../../src/live/live-ensemble.ts'
import { readMidiFile } from '../../src/midi/file.ts'
import type { Patch } from '../../src/patch/index.ts'
import { encodeMessage, float, int, type OscArg } from '../../src/scsynth/index.ts'
import { FakePorts } from '../midi/fake-ports.ts'
import { attachedTo, endAfterwards } from './attached.ts'
import { oscSink, scratch } from './helpers.ts'
import { until } from '../until.ts'

const folder = scratch()
/** Whatever the key is, it sounds at this frequency. */
const tone = (frequency: number, knobs: Patch['knobs'] = {}): Patch => ({
  knobs,
  devices: { osc: { type: 'oscillator', waveform: 'sine', frequency, amplitude: 0.2 } },
  connections: [['osc', 'out']],
})

/** Two patches of a map, on channels 1 and 3, the second an octave higher; what each plays is listed. */
async function band(ports: FakePorts, ...argv: string[]) {
  const knob = { value: 0.5, midi: { cc: 20 } }
  const parts = [
    { patch: tone(300, { cutoff: 0.5 }) },
    {
      patch: tone(300, { cutoff: 0.5, depth: knob }),
      snapshots: new Map([['first', tone(500, { depth: knob })]]),
    },
  ]
  const ensemble = await createLiveEnsemble({ parts, device: 'silent' })
  endAfterwards(() => ensemble.close())
  const [first, second] = ensemble.parts as [LivePlayer, LivePlayer]
  const played: string[] = []
  for (const [i, synth] of ensemble.parts.entries())
    synth.on('played', (what) => {
      if (what.kind === 'note')
        played.push(`${i} ${what.event.kind} ${'note' in what.event ? what.event.note : ''}`) // prettier-ignore
      else if (what.kind === 'knob') played.push(`${i} ${what.name} ${what.position}`)
      else if (what.kind === 'panic') played.push(`${i} panic`)
    })
  const synths = [
    { synth: first, part: { name: 'a.ts', channel: 1 } },
    { synth: second, part: { name: 'b.ts', channel: 3 }, transpose: 12 },
  ]
  return { first, second, played, ...(await attachedTo(synths, ports, folder.path, ...argv)) }
}

it('MIDI ports play each patch of a map by its channel, transposed, with its programs, and are opened once', async () => {
  const ports = new FakePorts('keys')
  const { first, second, played, notes, plays, end } = await band(ports)
  expect([plays, ports.listeners('keys')]).toEqual([true, 1])
  ports.play('keys', [0x90, 60, 127, 0x92, 60, 127, 0x92, 120, 127, 0x91, 60, 127, 0x80, 60, 0, 0x82, 60, 0])
  expect(played).toEqual(['0 on 60', '0 off 60', '1 on 72', '1 off 72'])
  ports.play('keys', [0xc0, 0, 0xc2, 7])
  expect(notes).toEqual([
    'MIDI: keys is there',
    'played from MIDI: keys',
    'a.ts: program 0: there are no snapshots',
    'b.ts: program 7: there is no such snapshot, but 0..0',
  ])
  const before = first.patch
  ports.play('keys', [0xc2, 0])
  await until(() => notes.includes('b.ts: program 0: first'))
  expect(second.patch.devices['osc']).toMatchObject({ frequency: 500 })
  expect(first.patch).toBe(before)
  ports.play('keys', [0x92, 64, 127])
  ports.unplug('keys')
  expect(played.slice(-2)).toEqual(['1 on 76', '1 off 76'])
  expect(notes.filter((line) => line.includes('is gone'))).toHaveLength(1)
  ports.plug('keys')
  expect(ports.listeners('keys')).toBe(1)
  await end()
  expect([ports.listeners('keys'), ports.isWatched]).toEqual([0, false])
})

it('what the patches of a map play is sent on, each on its channel, from one port, and recorded in one file', async () => {
  const ports = new FakePorts()
  const flags = ['--midi-virtual', 'Mega', '--record-midi', 'band.mid']
  const { first, second, plays, end } = await band(ports, ...flags)
  expect(plays).toBe(true)
  ports.play('Mega', [0x90, 60, 127, 0x92, 60, 127, 0x92, 60, 0])
  // what has no channel is on that of its patch
  first.noteOn(50, 1)
  second.noteOn(40, 1)
  second.setKnob('depth', 1)
  const sent = (): number[][] => (ports.sent.get('Mega') ?? []).filter(([status = 0]) => status < 0xf0)
  await until(() => sent().length >= 6)
  expect(sent()).toEqual([
    [0x90, 60, 127],
    [0x92, 72, 127],
    [0x82, 72, 64],
    [0x90, 50, 127],
    [0x92, 40, 127],
    [0xb2, 20, 127],
  ])
  expect(ports.outputs.map(({ name }) => name)).toEqual(['Mega'])
  await end()
  const ended = sent().slice(6)
  for (const end of [[0x80, 60, 64], [0x80, 50, 64], [0x82, 40, 64]]) expect(ended).toContainEqual(end) // prettier-ignore
  const { messages } = readMidiFile(new Uint8Array(readFileSync(join(folder.path, 'band.mid'))))
  const struck = messages.flatMap(({ message: m }) => (m.kind === 'noteOn' ? [`${m.channel} ${m.note}`] : []))
  expect(struck.toSorted()).toEqual(['0 50', '0 60', '2 40', '2 72'])
  expect(messages).toContainEqual(
    expect.objectContaining({ message: { kind: 'controller', channel: 2, controller: 20, value: 127 } }),
  )
})

it('OSC messages play all patches of a map, or that of a channel', async () => {
  const { played, notes, second, plays, end } = await band(new FakePorts(), '--osc', '0', '--no-midi-in')
  expect(plays).toBe(true)
  const port = Number(/OSC: 127\.0\.0\.1:(\d+)/.exec(notes.join('\n'))?.[1])
  const socket = createSocket('udp4')
  const send = async (address: string, ...args: OscArg[]): Promise<void> =>
    await new Promise((resolve) =>
      socket.send(encodeMessage({ address, args }), port, '127.0.0.1', () => resolve()),
    )
  await send('/note', int(60), float(1))
  await send('/channel/3/note', int(50), float(1))
  await send('/channel/3/knob/cutoff', float(0.25))
  await send('/knob/cutoff', float(0.75))
  await send('/knob/depth', float(0))
  await send('/channel/2/note', int(60), float(1))
  await send('/knob/nothing', float(0))
  await send('/recall', 'nothing')
  await send('/channel/1/panic')
  await send('/recall', 'first')
  await until(() => second.patch.devices['osc']?.['frequency'] === 500)
  expect(played.slice(0, 8)).toEqual([
    '0 on 60',
    '1 on 72',
    '1 on 62',
    '1 cutoff 0.25',
    '0 cutoff 0.75',
    '1 cutoff 0.75',
    '1 depth 0',
    '0 panic',
  ])
  await end()
  socket.close()
  expect(notes).toContain('OSC: 3 messages were not understood and dropped')
})

it('what the patches of a map play is sent on by OSC with their channels', async () => {
  const { place, heard, close } = await oscSink()
  const { first, second } = await band(new FakePorts(), '--osc-out', place, '--no-midi-in')
  first.noteOn(60)
  second.setKnob('depth', 1)
  second.panic()
  await until(() => heard.length >= 3)
  expect(heard).toEqual(['/channel/1/note', '/channel/3/knob/depth', '/channel/3/panic'])
  close()
})
