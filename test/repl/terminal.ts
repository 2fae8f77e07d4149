import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { spawn } from '@lydell/node-pty'
import { afterAll } from 'vitest'

/** A program on a terminal of its own, and who sits at it. */
export interface Terminal {
  /** Types keys. */
  readonly type: (keys: string) => void
  /** Types a line, waits until it has said something, and until the prompt is back. */
  readonly enter: (line: string, says?: string | RegExp) => Promise<string>
  /** Waits until it says something, after what was waited for before; gives all that it said meanwhile. */
  readonly says: (text: string | RegExp) => Promise<string>
  /** All that it said. */
  readonly text: () => string
  /** Closes the window, and waits until the program has ended. */
  readonly hangUp: () => Promise<void>
  readonly isAlive: () => boolean
  readonly code: Promise<number>
}

/** Keys of a terminal. */
export const keys = {
  tab: '\t',
  enter: '\r',
  up: '\u001b[A',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  ctrlU: '\u0015',
} as const

/** What is pasted, as a terminal sends it that was asked to mark it. */
export const pasted = (text: string): string => `\u001b[200~${text.replaceAll('\n', '\r')}\u001b[201~`

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Starts the built command line on a pseudo-terminal. */
export function openTerminal(
  argv: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Terminal {
  const main = join(import.meta.dirname, '../../dist/cli/main.js')
  if (!existsSync(main)) throw new Error('dist/ is missing: run `npm run build` first')
  const child = spawn(process.execPath, [main, ...argv], {
    cwd,
    cols: 100,
    rows: 50,
    env: { ...process.env, NO_COLOR: '1', TERM: 'xterm-256color', ...env },
  })
  let raw = ''
  let read = 0
  let hear = (): void => undefined
  child.onData((data) => {
    raw += data
    hear()
  })
  const text = (): string => stripVTControlCharacters(raw)
  const code = new Promise<number>((resolve) =>
    child.onExit(({ exitCode }) => {
      resolve(exitCode)
      hear()
    }),
  )
  afterAll(() => {
    try {
      process.kill(child.pid, 'SIGKILL')
    } catch {
      // it has ended
    }
  })

  /** Waits on what is said, and never on time: only who never says it is given up, by the test's own limit. */
  async function says(wanted: string | RegExp): Promise<string> {
    for (;;) {
      const rest = text().slice(read)
      const at = typeof wanted === 'string' ? rest.indexOf(wanted) : rest.search(wanted)
      if (at >= 0) {
        const length = typeof wanted === 'string' ? wanted.length : (wanted.exec(rest)?.[0].length ?? 0)
        read += at + length
        return rest.slice(0, at + length)
      }
      await new Promise<void>((resolve, reject) => {
        const late = globalThis.setTimeout(
          () => reject(new Error(`never said ${String(wanted)}, but:\n${rest}`)),
          50_000,
        )
        hear = () => {
          clearTimeout(late)
          resolve()
        }
      })
    }
  }
  const type = (typed: string): void => child.write(typed)
  return {
    type,
    says,
    async enter(line, wanted) {
      type(`${line}\r`)
      // a line that is echoed is no answer yet
      await says(/\r?\n/)
      const said = wanted === undefined ? '' : await says(wanted)
      return said + (await says(/(^|\n|\r)> /))
    },
    text,
    isAlive: () => isAlive(child.pid),
    async hangUp() {
      // who closes a window sends nothing: the system does
      child.kill = () => undefined
      ;(child as unknown as { readonly destroy: () => void }).destroy()
      while (isAlive(child.pid)) await setTimeout(20)
    },
    code,
  }
}
