import { chapters, type Command } from './command.ts'

/** Texts are prose: what Markdown would read as its own is escaped. */
const prose = (text: string): string => text.replaceAll(/[*_|<>#]/g, String.raw`\$&`)

/** All commands as the chapters of docs/repl.md. */
function reference(commands: readonly Command[]): string {
  return Object.entries(chapters)
    .map(([chapter, title]) => {
      const sections = commands
        .filter((command) => command.chapter === chapter)
        .map(
          ({ call, doc, examples }) =>
            `### \`${call}\`\n\n${prose(doc)}\n\n\`\`\`js\n${examples.join(';\n')}\n\`\`\`\n`,
        )
      return `## ${title}\n\n${sections.join('\n')}`
    })
    .join('\n')
}

/** Where the chapters begin in docs/repl.md: before it stands what people wrote. */
const mark = '<!-- what follows is written by `npm run repl-docs` from src/repl/commands -->'

/** A document with its reference as it is now. */
export function withReference(text: string, commands: readonly Command[]): string {
  const [written = ''] = text.split(mark)
  return `${written}${mark}\n\n${reference(commands)}`
}
