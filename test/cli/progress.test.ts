import { describe, expect, it } from 'vitest'
import { createProgress } from '../../src/cli/progress.ts'
import { plain } from '../../src/errors/index.ts'

/** A terminal that remembers what was written, and a clock that a test sets. */
function terminal(columns: number, isTTY = true) {
  const written: string[] = []
  const clock = { now: 0 }
  const sink = { write: (text: string) => written.push(text), isTTY, columns }
  return { written, clock, progress: createProgress(sink, plain, 'a.wav', () => clock.now) }
}

describe('the progress bar', () => {
  it('says how far it is, and how fast', () => {
    const { written, clock, progress } = terminal(100)
    progress.update(0, 60)
    clock.now = 500
    progress.update(15, 60)
    expect(written.at(0)).toBe(`\r\u001b[2Ka.wav  ${'░'.repeat(30)}    0%  0.0 of 60.0 s`)
    expect(written.at(1)).toBe(
      `\r\u001b[2Ka.wav  ${'█'.repeat(8)}${'░'.repeat(22)}   25%  15.0 of 60.0 s  30× real time`,
    )
  })

  it('is drawn ten times a second at most', () => {
    const { written, clock, progress } = terminal(100)
    for (; clock.now < 1000; clock.now++) progress.update(clock.now, 1000)
    expect(written).toHaveLength(10)
  })

  it.each([20, 40, 60, 80, 200])('fits into %d columns where there is room for its figures', (columns) => {
    const { written, clock, progress } = terminal(columns)
    clock.now = 1000
    progress.update(100, 100)
    const width = (written[0] ?? '').replace('\r\u001b[2K', '').length
    expect(width).toBeLessThan(Math.max(columns, 52))
  })

  it('takes its line away, once', () => {
    const { written, progress } = terminal(80)
    progress.update(1, 2)
    progress.end()
    progress.end()
    expect(written.slice(1)).toEqual(['\r\u001b[2K'])
  })

  it('writes nothing where there is no terminal', () => {
    const { written, progress } = terminal(80, false)
    progress.update(1, 2)
    progress.end()
    expect(written).toEqual([])
  })
})
