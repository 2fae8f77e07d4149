import { writeSync } from 'node:fs'
import type { WriteStream } from 'node:tty'

/**
 * Makes a terminal's `write` keep nothing between two calls, until what is returned is called. Ctrl-C ends a line such as
 * `while (true) console.log(1)` wherever it is, most often within a write; Node's own streams then wait for that write for ever, and
 * nothing is ever shown again.
 *
 * @example
 * const restore = steadyWrites(process.stdout)
 * process.stdout.write('this is on the screen before the next line runs\n')
 * restore()
 */
export function steadyWrites(terminal: WriteStream & { readonly fd: number }): () => void {
  // a console of Windows takes no UTF-8 from writeSync
  if (process.platform === 'win32') return () => undefined
  const { write } = terminal
  terminal.write = (text: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const [encoding] = rest
    const done = rest.find((value) => typeof value === 'function')
    const bytes =
      typeof text === 'string'
        ? Buffer.from(text, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : text
    const error = writeAll(terminal.fd, bytes)
    if (error !== undefined) terminal.emit('error', error)
    if (done !== undefined) queueMicrotask(() => (done as (error?: Error) => void)(error))
    return true
  }
  return () => {
    terminal.write = write
  }
}

/** Writes all of it; the error, if it cannot be written. */
function writeAll(file: number, bytes: Uint8Array): Error | undefined {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(file, bytes, at)
    } catch (error) {
      // who shares the terminal may have asked it not to wait
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return error as Error
    }
  }
  return undefined
}
