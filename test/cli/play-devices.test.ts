import { createSocket } from 'node:dgram'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { encodeMessage, float, int } from '../../src/scsynth/index.ts'
import { levelAt, sharpness } from '../audio/ear.ts'
import { until } from '../until.ts'
import { recordedSoFar, scratch, soundOf, watching } from './helpers.ts'

const folder = scratch()
/** A file with a device type that multiplies by a gain, which another file exports. */
const types = (build: string): string => `import { defineDevice, signal, ugen } from 'megasynth'
import { gain } from './gain.ts'

const times = defineDevice({
  title: 'Times',
  doc: 'Multiplies.',
  ports: { in: signal('What is multiplied.') },
  output: { rate: 'audio', polarity: 'bipolar', channels: 'inputs' },
  build: ({ in: input }) => ${build},
})

export default { times }
`
const right = 'input.map((x) => ugen.mul(x, gain))'
const gain = (value: number): string => `export const gain: number = ${value}\n`
const patch = (change: object = {}): string =>
  JSON.stringify({
    voices: 2,
    devices: { osc: { type: 'oscillator', waveform: 'sine' }, louder: { type: 'times' } },
    connections: [
      ['osc', 'louder.in', 0.2],
      ['louder', 'out'],
    ],
    ...change,
  })

it('device types are gone over to when they, or what they import, are saved: a held note stays held', async () => {
  folder.write('types.ts', types(right))
  folder.write('gain.ts', gain(1))
  folder.write('held.json', patch())
  const flags = ['--devices', 'types.ts', '--device', 'silent', '--no-midi-in', '--osc', '0']
  const one = watching(['play', 'held.json', ...flags, '--record', 'held.wav'], folder.path)
  await one.says('Ctrl-C ends')
  const socket = createSocket('udp4')
  const port = Number(/OSC: 127\.0\.0\.1:(\d+)/.exec(one.text())?.[1])
  const note = encodeMessage({ address: '/note', args: [int(69), float(1)] })
  await new Promise<void>((resolve) => socket.send(note, port, '127.0.0.1', () => resolve()))
  socket.close()
  /** Until it has been heard at a level for half a second. */
  const heldAt = async (level: number): Promise<void> => {
    const levels = (): number[] => {
      const last = recordedSoFar(folder.path, 'held.wav').slice(-28800)
      return Array.from({ length: Math.floor(last.length / 4800) }, (_, i) =>
        levelAt(last.subarray(i * 4800, (i + 1) * 4800), 48000, 440),
      )
    }
    await until(() => levels().length === 6 && levels().every((one) => Math.abs(one - level) < 0.002), levels)
  }
  await heldAt(0.2)
  folder.write('gain.ts', gain(0.25))
  await one.says('↻ held.json: replaced louder · 2 untouched')
  await heldAt(0.05)
  one.interrupt()
  expect(await one.code).toBe(0)
  const sound = soundOf(join(folder.path, 'held.wav'))
  const begin = sound.findIndex((x) => Math.abs(x) > 0.01)
  // without its first and its last moments
  const held = sound.subarray(begin + 4800, sound.length - 9600)
  const levels = Array.from({ length: Math.floor(held.length / 4800) }, (_, i) =>
    levelAt(held.subarray(i * 4800, (i + 1) * 4800), 48000, 440),
  )
  expect([levels[0], levels.at(-1)].map((level) => level?.toFixed(2))).toEqual(['0.20', '0.05'])
  // it falls from the one to the other, and never more: no click, and no new note
  for (const [i, level] of levels.entries()) expect(level).toBeLessThan((levels[i - 1] ?? 0.2) + 0.002)
  expect(sharpness(held)).toBeLessThan(1.25 * sharpness(held.subarray(0, 4800)))
})

it('device types that do not load, are not valid or cannot be compiled are told of, and the old ones play on', async () => {
  folder.write('types.ts', types(right))
  folder.write('gain.ts', gain(1))
  folder.write('bad.json', patch())
  const flags = ['--devices', 'types.ts', '--device', 'silent', '--no-midi-in']
  const one = watching(['play', 'bad.json', ...flags], folder.path)
  await one.says('Ctrl-C ends')
  const saved = async (text: string, ...said: string[]): Promise<void> => {
    folder.write('types.ts', text)
    for (const words of said) await one.says(words)
  }
  const old = 'the device types before play on'
  await saved('export default { times: ', 'has a syntax error', old)
  await saved('export default { times: 7 }', 'invalid-device-type', old)
  await saved('process.exit(3)', 'process.exit(3)', old)
  await saved('while (true) {}', 'it has run for 5 s', 'only exports device types', old)
  await saved(types('{ throw new Error("no sound") }'), 'types.ts:9: threw an error while a device was compiled', 'no sound', old) // prettier-ignore
  await saved(types('{ for (;;) {} }'), 'it has run for 5 s', old)
  // the patch is wrong with these
  await saved(types(right).replace('{ times }', '{ thrice: times }'), 'unknown-device-type', 'the patch before plays on') // prettier-ignore
  folder.write('bad.json', patch().replace('times', 'thrice'))
  await one.says('↻ bad.json: replaced louder')
  // a type that the patch waits for
  folder.write('bad.json', patch())
  await one.says('unknown-device-type')
  await saved(types(right), '↻ bad.json: replaced louder')
  one.interrupt()
  expect(await one.code).toBe(0)
})

it('all patches of a map go over to device types that are others', async () => {
  folder.write('types.ts', types(right))
  folder.write('gain.ts', gain(1))
  for (const name of ['one.json', 'two.json']) folder.write(name, patch())
  folder.write('band.json', JSON.stringify({ 1: 'one.json', 2: 'two.json' }))
  const flags = ['--devices', 'types.ts', '--device', 'silent', '--no-midi-in']
  const one = watching(['play', '--map', 'band.json', ...flags], folder.path)
  await one.says('Ctrl-C ends')
  folder.write('gain.ts', gain(0.5))
  await one.says('↻ one.json: replaced louder')
  await one.says('↻ two.json: replaced louder')
  one.interrupt()
  expect(await one.code).toBe(0)
})
