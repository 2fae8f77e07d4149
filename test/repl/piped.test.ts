import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { plain } from '../../src/errors/index.ts'
import { mistakeText } from '../../src/repl/mistake.ts'
import { openPrompt } from '../../src/repl/prompt.ts'

/** What is printed at a prompt into which lines are piped. */
async function piped(...lines: readonly string[]): Promise<string> {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const prompt = openPrompt({
    input,
    output,
    functions: {},
    live: {},
    library: {},
    completed: () => undefined,
    history: undefined,
    textOf: String,
    mistake: (error) => mistakeText(error, plain),
    exported: (value) => value,
  })
  const printed = text(output)
  input.end(`${lines.join('\n')}\n`)
  await prompt.ended
  output.end()
  return await printed
}

it('as many lines as there are wait for one, and are then evaluated in their order', async () => {
  const many = Array.from({ length: 20_000 }, (_, i) => `void (last = ${i})`)
  expect(await piped('let last', 'await 1', ...many, 'last')).toBe('1\n19999\n')
})

it('lines that fail one after the other are told as what they are', async () => {
  const said = await piped('await 1', "throw 'a'", "throw 'b'", "await Promise.reject('c')", "throw 'd'", '2')
  expect(said).toBe(['1', ...['a', 'b', 'c', 'd'].map((one) => `✗ "${one}" was thrown`), '2', ''].join('\n'))
})
