import { didYouMean, fail, show, type Paint } from '../errors/index.ts'
import { table } from '../picture/table.ts'
import { wrap } from '../picture/text.ts'
import { chapters, type Command } from './command.ts'

/** The first sentence of a docstring. */
const firstSentence = (doc: string): string => /^.*?[.:](?= |$)/.exec(doc)?.[0].replace(/[.:]$/, '') ?? doc

interface HelpOptions {
  readonly width: number
  readonly paint: Paint
}

/** All commands in a list. */
export function helpText(commands: readonly Command[], { width, paint }: HelpOptions): string {
  const rows = commands.map(({ call, doc }) => [call, firstSentence(doc)])
  const column = Math.max(...commands.map(({ call }) => call.length))
  const lines = Object.entries(chapters).flatMap(([chapter, title]) => {
    const own = commands.flatMap((command, i) => (command.chapter === chapter ? [rows[i] ?? []] : []))
    const padded = own.map(([call = '', doc = '']) => [call.padEnd(column), doc])
    return ['', paint.bold(title), ...table(padded, { width, paint: [paint.cyan] })]
  })
  return [...lines.slice(1), '', ...hints].join('\n')
}

const hints = [
  "help('setKnob') tells more. Tab completes functions, and inside quotes knobs, devices and ports.",
  'Everything else is JavaScript, with await: synth is the synth, patch a copy of what sounds, for apply(patch).',
]

/** All that is said of one command. @throws MegasynthError `invalid-value` if there is none of that name */
export function helpOf(name: unknown, commands: readonly Command[], { width, paint }: HelpOptions): string {
  // whoever writes help(setKnob) means the same
  const wanted = typeof name === 'function' ? name.name : name
  const command = commands.find((one) => one.name === wanted)
  if (command === undefined)
    return fail({
      code: 'invalid-value',
      path: 'help',
      message: 'there is no such function',
      found: show(wanted),
      suggestion: 'help() lists them all',
      ...didYouMean(
        wanted,
        commands.map((one) => one.name),
      ),
    })
  const { call, doc, examples } = command
  return [
    paint.bold(call),
    ...wrap(doc, Math.max(24, width - 2)).map((line) => `  ${line}`),
    '',
    ...examples.map((example) => `  ${paint.cyan(example)}`),
  ].join('\n')
}
