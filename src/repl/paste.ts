import { clearScreenDown, cursorTo, moveCursor } from 'node:readline'
import type { REPLServer } from 'node:repl'

/** Asks a terminal to say where what is pasted begins and ends, and not to any more. */
const ask = { begin: '\u001b[?2004h', end: '\u001b[?2004l' } as const

/**
 * What is pasted into a terminal comes as if it were typed, but between two marks. It is taken as a whole: its lines are one
 * input, tabs in it complete nothing, and what is behind the last line break is left to be edited.
 */
export class Paste {
  readonly #server: REPLServer
  readonly #enter: (lines: string) => void
  #pasted: string | undefined

  /** @param enter takes lines, as if they had been entered */
  constructor(server: REPLServer, enter: (lines: string) => void) {
    this.#server = server
    this.#enter = enter
  }

  begin(): void {
    this.#tell(ask.begin)
  }

  end(): void {
    this.#tell(ask.end)
  }

  #tell(sequence: string): void {
    if (this.#server.terminal) this.#output.write(sequence)
  }

  get #output(): NodeJS.WritableStream {
    return (this.#server as unknown as { readonly output: NodeJS.WritableStream }).output
  }

  /** Whether a key belongs to something that is pasted. */
  takes(text: string | undefined, key: { readonly name?: string; readonly sequence?: string }): boolean {
    if (key.name === 'paste-start') this.#pasted = ''
    else if (this.#pasted === undefined) return false
    else if (key.name === 'paste-end') {
      const pasted = this.#pasted
      this.#pasted = undefined
      this.#insert(pasted)
    } else this.#pasted += text ?? key.sequence ?? ''
    return true
  }

  #insert(pasted: string): void {
    const server = this.#server
    const clean = pasted
      .replaceAll(/\r\n?/g, '\n')
      // what is no text could be keys to the line editor
      .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    if (!clean.includes('\n')) return server.write(clean.replaceAll('\t', '  '))
    const { line, cursor } = server
    const lines = `${line.slice(0, cursor)}${clean}${line.slice(cursor)}`.split('\n')
    const rest = lines.pop() ?? ''
    moveCursor(this.#output, 0, -server.getCursorPos().rows)
    cursorTo(this.#output, 0)
    clearScreenDown(this.#output)
    this.#output.write(lines.map((one, i) => `${i === 0 ? server.getPrompt() : '... '}${one}\n`).join(''))
    Object.assign(server, { line: '', cursor: 0, prevRows: 0 })
    this.#enter(lines.join('\n'))
    if (rest !== '') server.write(rest.replaceAll('\t', '  '))
  }
}
