import { helpOf, helpText } from '../help.ts'
import type { Command } from '../command.ts'
import { said } from '../shown.ts'

/** The session itself. */
export const sessionCommands = (all: () => readonly Command[]): readonly Command[] => [
  {
    name: 'help',
    chapter: 'session',
    call: 'help(name?)',
    doc: 'Lists the functions, or tells all about one of them.',
    completes: ['command'],
    examples: ['help()', "help('setKnob')"],
    run: ({ width, paint }, name?: unknown) => {
      const options = { width: width(), paint }
      return said(name === undefined ? helpText(all(), options) : helpOf(name, all(), options))
    },
  },
  {
    name: 'exit',
    chapter: 'session',
    call: 'exit()',
    doc: 'Ends the session: the sound fades out. So does Ctrl-D.',
    examples: ['exit()'],
    run: ({ exit }) => exit(),
  },
]
