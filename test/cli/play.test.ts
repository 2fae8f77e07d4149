import { createSocket } from 'node:dgram'
import { readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readMidiFile } from '../../src/midi/file.ts'
import { encodeMessage, float, int } from '../../src/scsynth/index.ts'
import { fundamental, levelAt } from '../audio/ear.ts'
import { midiBytes } from '../midi/midi-bytes.ts'
import { until } from '../until.ts'
import { drone, oscSink, recordedSoFar, scratch, soundOf, watching, type Watched } from './helpers.ts'

const folder = scratch()
const patch = (change: object = {}): string => JSON.stringify({ ...drone, ...change })

/** Plays a file on no sound device until the test is over; what is said can be waited for. */
async function playing(
  file: string,
  flags: readonly string[],
  test: (one: Watched) => Promise<void>,
): Promise<Watched> {
  const one = watching(['play', file, '--device', 'silent', ...flags], folder.path)
  await one.says('Ctrl-C ends')
  await test(one)
  one.interrupt()
  expect(await one.code).toBe(0)
  return one
}

describe('megasynth play', () => {
  it('plays, reloads what is saved, keeps playing what is broken, and ends with 0', async () => {
    folder.write('hum.json', patch())
    await playing('hum.json', [], async ({ says, text }) => {
      expect(text()).toContain('▶ hum.json on no sound device')
      folder.write('hum.json', patch({ devices: { ...drone.devices, dark: { type: 'filter', cutoff: 900 } }, connections: [...drone.connections.slice(0, -1), ['oscillator0', 'dark.in'], ['dark', 'out']] })) // prettier-ignore
      await says('↻ hum.json: added dark')
      folder.write('hum.json', '{ "devices": ')
      await says('the patch before plays on')
      expect(text()).toContain('[invalid-json]')
      folder.write('hum.json', patch({ devices: { oscillator0: { type: 'oscilator' } } }))
      await says('unknown-device-type')
      folder.write('hum.json', patch())
      await says('removed dark')
    })
  })

  it('says what a save has changed: a knob, the tempo, a constant that is imported', async () => {
    folder.write('fifth.ts', 'export const hz: number = 330\n')
    const main = (level: number, tempo: number): string =>
      `import { definePatch } from 'megasynth'\nimport { hz } from './fifth.ts'\nexport default definePatch({ tempo: ${tempo}, voices: { mode: 'drone' }, knobs: { level: ${level} }, devices: { osc: { type: 'oscillator', frequency: hz } }, connections: [['level', 'osc.amplitude'], ['osc', 'out']] })\n`
    folder.write('said.ts', main(0.5, 120))
    await playing('said.ts', [], async ({ says, text }) => {
      folder.write('said.ts', main(0.8, 120))
      await says('↻ said.ts: knobs level: 0.5 → 0.8 · 2 untouched · ')
      folder.write('said.ts', main(0.8, 90))
      await says('↻ said.ts: tempo 120 → 90 · 2 untouched · ')
      folder.write('fifth.ts', 'export const hz: number = 440\n')
      await says('↻ said.ts: set osc · 1 untouched · ')
      expect(text()).not.toContain('nothing changed')
    })
  })

  it('reloads what a patch imports, and files that are written by rename, or are away for a while', async () => {
    folder.write('parts/pitch.ts', 'export const pitch: number = 220\n')
    const main = (name: string): string =>
      `import { definePatch } from 'megasynth'\nimport { pitch } from './parts/pitch.ts'\nexport default definePatch({ name: '${name}', voices: { mode: 'drone' }, devices: { osc: { type: 'oscillator', frequency: pitch } }, connections: [['osc', 'out']] })\n`
    folder.write('main.ts', main('a'))
    await playing('main.ts', [], async ({ says, text }) => {
      folder.write('parts/pitch.ts', 'export const pitch: number = 330\n')
      await says('set osc.frequency', 'set osc')
      // as editors write
      folder.write(
        'main.ts.tmp',
        main('b').replace('frequency: pitch', 'frequency: pitch, waveform: "pulse"'),
      )
      renameSync(join(folder.path, 'main.ts.tmp'), join(folder.path, 'main.ts'))
      await says('replaced osc')
      rmSync(join(folder.path, 'main.ts'))
      await says('unreadable-file')
      folder.write('main.ts', main('c'))
      await says('replaced osc')
      expect(text().match(/↻/g)).toHaveLength(3)
    })
  })

  it('comes to rest at the last of many rapid saves', async () => {
    folder.write('rapid.json', patch())
    await playing('rapid.json', [], async ({ says, text }) => {
      for (let i = 0; i < 30; i++) {
        folder.write('rapid.json', patch({ devices: { ...drone.devices, [`extra${i}`]: { type: 'lfo' } } }))
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      await says('extra29')
      folder.write('rapid.json', patch())
      await says('removed extra29')
      // none is heard twice; that those in between are passed over is a test of the watch
      expect(text().match(/↻/g)?.length).toBeLessThanOrEqual(31)
    })
  })

  it('plays on when a saved file ends the program, never ends, or exports code; and what it imports is watched on', async () => {
    folder.write('dep.ts', 'export const frequency = 220')
    const using = `import { frequency } from './dep.ts'\nexport default {
      devices: { osc: { type: 'oscillator', frequency } }, connections: [['osc', 'out']], voices: { mode: 'drone' } }`
    folder.write('wild.ts', using)
    await playing('wild.ts', [], async ({ says, text }) => {
      folder.write('wild.ts', 'process.exit(3)')
      await says('process.exit(3)', 'the patch before plays on')
      folder.write('wild.ts', 'export default { devices: { a: { type: () => 1 } }, connections: [] }')
      await says('devices.a.type: a function')
      folder.write('wild.ts', using)
      await says('nothing changed')
      folder.write('dep.ts', 'while (true) {}')
      await says('it has run for 5 s')
      folder.write('dep.ts', 'export const frequency = 330')
      await says('set osc')
      expect(text()).not.toContain('warning')
    })
  })

  it('goes on when a patch file throws after it was loaded', async () => {
    const mark = JSON.stringify(join(folder.path, 'late.now'))
    folder.write(
      'late.mjs',
      `import { existsSync } from 'node:fs'; export default ${patch()}\nconst timer = setInterval(() => { if (existsSync(${mark})) { clearInterval(timer); throw new Error('too late') } }, 10)\n`,
    )
    const { text } = await playing('late.mjs', [], async ({ says }) => {
      folder.write('late.now', '')
      await says('too late')
    })
    expect(text()).toContain('late.mjs:2')
  })

  it('records what is heard, and refuses to do so over another file', async () => {
    folder.write('hum.json', patch())
    const one = await playing('hum.json', ['--record', 'take.wav'], async () => {
      await until(() => recordedSoFar(folder.path, 'take.wav').length > 0.3 * 48000)
    })
    await one.says('✓ take.wav')
    expect(statSync(join(folder.path, 'take.wav')).size).toBeGreaterThan(44 + 0.3 * 48000 * 4)
    const again = watching(['play', 'hum.json', '--device', 'silent', '--record', 'take.wav'], folder.path)
    expect(await again.code).toBe(1)
    expect(again.text()).toContain('file-exists')
  })

  it('keeps what is recorded when it is told twice in a hurry to end, and calls a file as it was written', async () => {
    folder.write('hum.json', patch())
    const flags = [
      '--device',
      'silent',
      '--no-midi-in',
      '--record',
      'twice.wav',
      '--record-midi',
      'twice.mid',
    ]
    const one = watching(['play', 'hum.json', ...flags], folder.path)
    await one.says('Ctrl-C ends')
    // of two that are the same the system may make one
    one.interrupt()
    one.interrupt('SIGTERM')
    expect(await one.code).toBe(0)
    expect(folder.names()).toEqual(expect.arrayContaining(['twice.wav', 'twice.mid']))
    expect(folder.names().filter((name) => name.endsWith('.part'))).toEqual([])
    const nowhere = watching(['play', 'hum.json', '--device', 'silent', '--record', 'no/a.wav'], folder.path)
    expect(await nowhere.code).toBe(1)
    expect(nowhere.text()).toMatch(/^no\/a\.wav: cannot be written/)
  })

  it('ends by itself when the notes and their tail are over', async () => {
    folder.write('organ.json', patch({ voices: 4 }))
    const one = watching(['play', 'organ.json', '--device', 'silent', '--notes', 'A4 A5'], folder.path)
    expect(await one.code).toBe(0)
  })

  it('refuses what it cannot play', async () => {
    const nothing = watching(['play'], folder.path)
    expect(await nothing.code).toBe(2)
    expect(nothing.text()).toContain('a patch file, or --map')
    folder.write('bad.json', '{}')
    const one = watching(['play', 'bad.json'], folder.path)
    expect(await one.code).toBe(1)
    const size = watching(['play', 'hum.json', '--device', 'silent', '--buffer', '300'], folder.path)
    expect(await size.code).toBe(2)
    expect(size.text()).toContain('256, 512, 1024, 2048')
  })
})

describe('megasynth play with the world around it', () => {
  it('is played by OSC, drops what is none, and records what was played to a MIDI file', async () => {
    folder.write('organ.json', patch({ voices: 4 }))
    const [socket, sink] = [createSocket('udp4'), await oscSink()]
    const flags = ['--osc', '0', '--osc-out', sink.place, '--record-midi', 'take.mid', '--no-midi-in']
    const one = await playing('organ.json', flags, async ({ text }) => {
      const port = Number(/OSC: 127\.0\.0\.1:(\d+)/.exec(text())?.[1])
      const send = (bytes: Uint8Array): Promise<void> =>
        new Promise((resolve) => socket.send(bytes, port, '127.0.0.1', () => resolve()))
      await send(new Uint8Array([1, 2, 3]))
      await send(encodeMessage({ address: '/note', args: [int(69), float(0.8)] }))
      await send(encodeMessage({ address: '/knob/volume', args: [float(0.25)] }))
      await until(() => sink.heard.length >= 2)
      expect(sink.heard).toEqual(['/note', '/knob/volume'])
    })
    socket.close()
    sink.close()
    await one.says('✓ take.mid')
    expect(one.text()).toContain('OSC: 1 messages were not understood')
    const file = readMidiFile(readFileSync(join(folder.path, 'take.mid')), 'take.mid')
    expect(JSON.stringify(file)).toContain('69')
  })

  it('recalls the snapshots beside the patch by OSC, reads them again when they are saved, and lives with broken ones', async () => {
    const high = { ...drone, devices: { ...drone.devices, oscillator0: { type: 'oscillator', waveform: 'sine', frequency: 880 } }, connections: [['volume', 'oscillator0.amplitude'], ['oscillator0', 'out']] } // prettier-ignore
    folder.write('shelf.json', patch())
    folder.write('shelf.snapshots.json', '{ "format": 1, "snapshots": [')
    const socket = createSocket('udp4')
    const flags = ['--osc', '0', '--no-midi-in', '--record', 'shelf.wav']
    const one = await playing('shelf.json', flags, async ({ says, text }) => {
      expect(text()).toMatch(/warning: no snapshots come from shelf\.snapshots\.json[^]*\[invalid-json\]/)
      folder.write('shelf.snapshots.json', JSON.stringify({ format: 1, snapshots: [{ name: 'high', patch: high }] })) // prettier-ignore
      await says('1 snapshot: high')
      folder.write('shelf.snapshots.json', '[]')
      await says('those before are kept')
      const port = Number(/OSC: 127\.0\.0\.1:(\d+)/.exec(text())?.[1])
      const recorded = (): Float32Array => recordedSoFar(folder.path, 'shelf.wav')
      await until(() => recorded().length > 24000)
      const message = encodeMessage({ address: '/recall', args: ['high'] })
      await new Promise<void>((resolve) => socket.send(message, port, '127.0.0.1', () => resolve()))
      await until(() => Math.abs(fundamental(recorded().slice(-24000), 48000) - 880) < 1)
    })
    socket.close()
    await one.says('✓ shelf.wav')
    // the patch file was not saved, so it was not gone back to
    expect(one.text()).not.toContain('↻')
    const sound = soundOf(join(folder.path, 'shelf.wav'))
    expect(fundamental(sound.slice(-20000, -4000), 48000)).toBeCloseTo(880, 0)
    // 220 Hz, that an LFO bends by 1.28 semitones
    expect(fundamental(sound.slice(0, 16000), 48000)).toBeLessThan(240)
  })

  it('goes to snapshots by the program changes of a MIDI file, with a line for those that are not there', async () => {
    const organ = (constant: object): object => ({
      devices: { osc: { type: 'oscillator', waveform: 'sine', ...constant } },
      connections: [['osc', 'out', 0.5]],
    })
    folder.write('prog.json', JSON.stringify(organ({})))
    folder.write('prog.snapshots.json', JSON.stringify({ format: 1, snapshots: [{ name: 'fixed', patch: organ({ frequency: 880 }) }] })) // prettier-ignore
    // 96 ticks are half a second: after a note of half a second there is one for the snapshot, then a note of two and a half
    folder.write('prog.mid', midiBytes([[0, 0x90, 57, 100, 96, 0x80, 57, 0, 20, 0xc0, 9, 0, 0xc0, 0, 96, 0x90, 57, 100, 0x83, 0x60, 0x80, 57, 0]])) // prettier-ignore
    const one = watching(['play', 'prog.json', '--device', 'silent', '--midi', 'prog.mid', '--no-midi-in', '--record', 'prog.wav'], folder.path) // prettier-ignore
    expect(await one.code).toBe(0)
    expect(one.text()).toContain('1 snapshot: fixed')
    expect(one.text()).toContain('program 9: there is no such snapshot, but 0..0')
    const sound = soundOf(join(folder.path, 'prog.wav'))
    const begin = sound.findIndex((x) => Math.abs(x) > 0.01)
    const end = sound.findLastIndex((x) => Math.abs(x) > 0.01)
    // on a machine that stands still the snapshot comes late, and its note is another first
    expect(fundamental(sound.slice(begin + 4800, begin + 16800), 48000)).toBeCloseTo(220, 0)
    expect(fundamental(sound.slice(end - 16800, end - 4800), 48000)).toBeCloseTo(880, 0)
  })

  it('begins with the snapshot of a program change at the very start of a MIDI file, also its first note', async () => {
    const organ = (constant: object): object => ({
      devices: { osc: { type: 'oscillator', waveform: 'sine', ...constant } },
      connections: [['osc', 'out', 0.5]],
    })
    folder.write('first.json', JSON.stringify(organ({})))
    folder.write('first.snapshots.json', JSON.stringify({ format: 1, snapshots: [{ name: 'fixed', patch: organ({ frequency: 880 }) }] })) // prettier-ignore
    folder.write('first.mid', midiBytes([[0, 0xc0, 0, 0, 0x90, 57, 100, 100, 0x80, 57, 0]]))
    const one = watching(['play', 'first.json', '--device', 'silent', '--midi', 'first.mid', '--no-midi-in', '--record', 'first.wav'], folder.path) // prettier-ignore
    expect(await one.code).toBe(0)
    const sound = soundOf(join(folder.path, 'first.wav'))
    const begin = sound.findIndex((x) => Math.abs(x) > 0.001)
    const head = sound.slice(begin, begin + 4800)
    expect(levelAt(head, 48000, 880)).toBeGreaterThan(0.3)
    expect(levelAt(head, 48000, 220)).toBeLessThan(0.02)
  })

  it('says what is missing where MIDI is asked for and is not there', async () => {
    folder.write('organ.json', patch({ voices: 4 }))
    const one = watching(
      ['play', 'organ.json', '--device', 'silent', '--midi-in', 'no such port'],
      folder.path,
    )
    expect(await one.code).toBe(1)
    expect(one.text()).toMatch(/midi-unavailable|unknown-midi-port/)
  })
})
