import { expect, it } from 'vitest'
import { scratch } from '../cli/helpers.ts'
import { openTerminal } from './terminal.ts'

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

it('keeps what is recorded when the window is closed', async () => {
  const terminal = openTerminal(['repl', '--device', 'silent'], { cwd: folder.path })
  await terminal.says('Ctrl-D ends')
  await terminal.says('> ')
  await terminal.enter("record('kept.wav')", 'recording')
  await terminal.hangUp()
  expect(folder.names()).toContain('kept.wav')
})
