import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readMidiFile } from '../../src/midi/file.ts'
import { scratch } from '../cli/helpers.ts'
import { until } from '../until.ts'
import { keys, openTerminal } from './terminal.ts'

const folder = scratch()

it.each([
  ['nothing is done', undefined],
  ['a line does not end', "console.log('on' + 'wards'); while (true) {}"],
  ['a line prints without end', "while (true) console.log('on' + 'wards')"],
  ['it waits', "console.log('on' + 'wards'); await new Promise(() => {})"],
  ['a promise is waited for', "console.log('on' + 'wards'); new Promise(() => {})"],
])('a prompt whose window is closed ends, while %s', async (_, line) => {
  const terminal = openTerminal(['repl', '--device', 'silent'], { cwd: folder.path })
  await terminal.says('Ctrl-D ends')
  await terminal.says('> ')
  if (line !== undefined) {
    terminal.type(`${line}\r`)
    await terminal.says('onwards')
  }
  await terminal.hangUp()
  expect(terminal.isAlive()).toBe(false)
})

it('writes whole lines to a terminal that does not know how wide it is', async () => {
  const terminal = openTerminal(['repl', '--device', 'silent'], { cwd: folder.path })
  await terminal.says('Ctrl-D ends')
  await terminal.says('> ')
  await terminal.enter('process.stdout.columns = 0', '0')
  expect(await terminal.enter("set('filter0.resonance', 0.3)")).toMatch(/\bset +filter0\b/)
  await terminal.hangUp()
})

it('keeps what is recorded when the window is closed', async () => {
  const terminal = openTerminal(['repl', '--device', 'silent'], { cwd: folder.path })
  await terminal.says('Ctrl-D ends')
  await terminal.says('> ')
  await terminal.enter("record('kept.wav')", 'recording')
  await terminal.enter("recordMidi('kept.mid')", 'recording')
  await terminal.enter("noteOn('C4')")
  await terminal.hangUp()
  expect(folder.names()).toContain('kept.wav')
  const { messages } = readMidiFile(readFileSync(join(folder.path, 'kept.mid')))
  expect(messages.flatMap(({ message: m }) => ('note' in m ? [m.kind] : []))).toEqual(['noteOn', 'noteOff'])
})

it('ends at once at Ctrl-D, though the file that is watched was saved with a loop that never ends', async () => {
  folder.write(
    'watched.mjs',
    'export default { devices: { osc: { type: "oscillator" } }, connections: [["osc", "out"]] }',
  )
  const terminal = openTerminal(['repl', '--device', 'silent'], { cwd: folder.path })
  await terminal.says('Ctrl-D ends')
  await terminal.says('> ')
  await terminal.enter("watch('watched.mjs')", 'each time that it is saved')
  const begun = join(folder.path, 'begun')
  folder.write(
    'watched.mjs',
    `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(begun)}, '')\nwhile (true) {}`,
  )
  await until(() => existsSync(begun))
  terminal.type(keys.ctrlD)
  expect(await terminal.code).toBe(0)
  // nobody waited until it was given up
  expect(terminal.text()).not.toContain('it has run for')
})

// it says so when it is waited for: where the line is over at once, that is only then
it.each([
  ['awaited', "setImmediate(() => console.log('on' + 'wards')); await new Promise(() => {})"],
  ['returned', "setImmediate(() => console.log('on' + 'wards')); new Promise(() => {})"],
])(
  'says at Ctrl-D that something %s is waited for, and is ended by the Ctrl-C that gives it up',
  async (_, line) => {
    const terminal = openTerminal(['repl', '--device', 'silent'], { cwd: folder.path })
    await terminal.says('Ctrl-D ends')
    await terminal.says('> ')
    await terminal.enter("recordMidi('waited.mid', { force: true })", 'recording')
    terminal.type(`${line}\r`)
    await terminal.says('onwards')
    terminal.type(keys.ctrlD)
    await terminal.says('Ctrl-C gives it up')
    terminal.type(keys.ctrlC)
    await terminal.says('✓ waited.mid')
    expect([0, 130]).toContain(await terminal.code)
  },
)
