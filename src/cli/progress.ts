import type { Paint } from '../errors/index.ts'
import type { Sink } from './io.ts'

/** A line that tells how far something is. */
export interface Progress {
  update(done: number, total: number): void
  /** Takes the line away. */
  end(): void
}

/** Milliseconds between two drawings. */
const pause = 100
/** Takes away what stands in the line of the cursor. */
export const clearLine = '\r\u001b[2K'

/**
 * A bar on a terminal, nothing elsewhere.
 *
 * @param now milliseconds of a clock
 */
export function createProgress(sink: Sink, paint: Paint, title: string, now: () => number): Progress {
  if (sink.isTTY !== true) return { update: () => {}, end: () => {} }
  const start = now()
  let drawn = -Infinity
  return {
    update(done, total) {
      const time = now()
      if (time - drawn < pause) return
      drawn = time
      const share = total > 0 ? Math.min(1, done / total) : 1
      const speed = time > start ? `  ${((done * 1000) / (time - start)).toFixed(0)}× real time` : ''
      const figures = `${String(Math.round(share * 100)).padStart(3)}%  ${done.toFixed(1)} of ${total.toFixed(1)} s${speed}`
      const room = (sink.columns ?? 80) - title.length - figures.length - 5
      sink.write(`${clearLine}${title}  ${bar(share, Math.min(30, room), paint)}${figures}`)
    },
    end() {
      if (drawn !== -Infinity) sink.write(clearLine)
      drawn = -Infinity
    },
  }
}

function bar(share: number, width: number, paint: Paint): string {
  if (width < 5) return ''
  const full = Math.round(share * width)
  return `${paint.green('█'.repeat(full))}${paint.dim('░'.repeat(width - full))}  `
}
