import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { spawn } from '@lydell/node-pty'
import { afterAll } from 'vitest'
import { until } from '../until.ts'

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
  let hasEnded = false
  child.onData((data) => void (raw += data))
  const text = (): string => stripVTControlCharacters(raw)
  const code = new Promise<number>((resolve) =>
    child.onExit(({ exitCode }) => {
      hasEnded = true
      resolve(exitCode)
    }),
  )
  afterAll(() => {
    try {
      process.kill(child.pid, 'SIGKILL')
    } catch {
      // it has ended
    }
  })

  /** Waits on what is said, and never on time. */
  async function says(wanted: string | RegExp): Promise<string> {
    const rest = (): string => text().slice(read)
    const found = (): number => (typeof wanted === 'string' ? rest().indexOf(wanted) : rest().search(wanted))
    await until(
      () => found() >= 0 || hasEnded,
      () => `it has not said ${String(wanted)}, but:\n${rest()}`,
    )
    const at = found()
    if (at < 0) throw new Error(`it ended without having said ${String(wanted)}, but:\n${rest()}`)
    const length = typeof wanted === 'string' ? wanted.length : (wanted.exec(rest())?.[0].length ?? 0)
    const said = rest().slice(0, at + length)
    read += said.length
    return said
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
      await until(() => !isAlive(child.pid), text)
    },
    code,
  }
}
