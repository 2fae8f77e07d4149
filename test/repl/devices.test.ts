import { expect, it } from 'vitest'
import { scratch } from '../cli/helpers.ts'
import { keys, openTerminal } from './terminal.ts'

const folder = scratch()
/** A file with a device type of this name, which multiplies. */
const types = (name: string, gain: number): string => `import { defineDevice, signal, ugen } from 'megasynth'

const one = defineDevice({
  title: 'Times',
  doc: 'Multiplies.',
  ports: { in: signal('What is multiplied.') },
  output: { rate: 'audio', polarity: 'bipolar', channels: 'inputs' },
  build: ({ in: input }) => input.map((x) => ugen.mul(x, ${gain})),
})

export default { ${name}: one }
`
const patch = (type: string): string =>
  JSON.stringify({
    voices: { mode: 'drone' },
    devices: { osc: { type: 'oscillator', waveform: 'sine', amplitude: 1 }, louder: { type } },
    connections: [
      ['osc', 'louder.in', 0.2],
      ['louder', 'out'],
    ],
  })

it('goes over to device types when they are saved, and to a patch that waited for them', async () => {
  folder.write('types.ts', types('times', 1))
  folder.write('held.json', patch('times'))
  const argv = ['repl', 'held.json', '--devices', 'types.ts', '--device', 'silent']
  const terminal = openTerminal(argv, { cwd: folder.path })
  await terminal.says('Ctrl-D ends')
  await terminal.says('> ')
  // the old fades out when the line is there
  const reach = async (peak: number): Promise<string> =>
    await terminal.enter(
      `while (Math.abs((await probe('louder')).peak - ${peak}) > ${peak / 50}) {}; 'it is ' + ${peak}`,
      `'it is ${peak}'`,
    )
  await reach(0.2)
  // nobody has asked for a patch to be watched
  folder.write('types.ts', types('times', 0.25))
  await terminal.says('↻ types.ts: replaced louder · 2 untouched')
  await reach(0.05)

  folder.write('types.ts', 'export default { times: 7 }')
  await terminal.says('invalid-device-type')
  await terminal.says('the device types before play on')
  await reach(0.05)

  // the patch first, then the type that it names
  await terminal.enter("watch('held.json')", 'each time that it is saved')
  folder.write('held.json', patch('thrice'))
  await terminal.says('unknown-device-type')
  await terminal.says('the patch before plays on')
  folder.write('types.ts', types('thrice', 3))
  await terminal.says('↻ held.json: replaced louder')
  await reach(0.6)
  // what is typed knows them, too
  await terminal.enter("addDevice('more', { type: 'thrice' })", 'added')
  await terminal.enter("addDevice('other', { type: 'times' })", 'unknown-device-type')
  await terminal.enter('graph()', 'thrice')

  // the other way round: what plays goes on until the patch names what there is
  folder.write('types.ts', types('fourfold', 4))
  await terminal.says('unknown-device-type')
  await terminal.says('the patch before plays on')
  await terminal.enter('knobs()')
  await terminal.enter('undo()', 'removed')
  folder.write('held.json', patch('fourfold'))
  await terminal.says('↻ held.json: replaced louder')
  await reach(0.8)

  // and without watching
  await terminal.enter('watch(false)', 'nothing is watched')
  folder.write('types.ts', types('half', 0.5))
  await terminal.says('unknown-device-type')
  await terminal.says('the patch before plays on')
  folder.write('held.json', patch('half'))
  await terminal.enter("load('held.json')", 'replaced louder')
  await reach(0.1)
  terminal.type(keys.ctrlD)
  expect(await terminal.code).toBe(0)
})
