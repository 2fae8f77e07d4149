import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../src/cli/exit.ts'
import { reportFailure } from '../../src/cli/failure.ts'
import { createShell } from '../../src/cli/io.ts'
import type { ProblemCode } from '../../src/errors/index.ts'

function report(error: unknown, env: Record<string, string> = {}): { code: number; stderr: string } {
  let stderr = ''
  const shell = createShell([], {
    stdin: Readable.from([]),
    stdout: { write: () => {} },
    stderr: { write: (text) => (stderr += text) },
    cwd: '/',
    env,
    catchInterrupts: () => ({ signal: new AbortController().signal, release: () => {} }),
  })
  const code = reportFailure(error, shell)
  return { code, stderr }
}

describe('a mistake of Megasynth itself', () => {
  it('ends with 70, is short, and asks to be reported', () => {
    const { code, stderr } = report(new TypeError('x is not a function'))
    expect(code).toBe(70)
    expect(stderr).toContain('TypeError: x is not a function')
    expect(stderr).toContain('Please report it')
    expect(stderr).not.toContain('failure.test.ts')
  })

  it('shows where it happened with DEBUG', () => {
    expect(report(new TypeError('x'), { DEBUG: '1' }).stderr).toContain('failure.test.ts')
  })

  it('may be anything', () => {
    expect(report(undefined).code).toBe(70)
    expect(report('text').stderr).toContain('text')
  })
})

describe('the exit code of problems', () => {
  const of = (...codes: ProblemCode[]): number =>
    exitCodeOf(codes.map((code) => ({ code, path: '', message: '' })))

  it('is 2 only if all lie in the command', () => {
    expect(of('invalid-option', 'unknown-knob')).toBe(2)
    expect(of('invalid-option', 'cycle')).toBe(1)
    expect(of('engine-failed')).toBe(1)
  })
})
