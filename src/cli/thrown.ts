import { MegasynthError, show, type Problem } from '../errors/index.ts'

/** The folder of Megasynth's own modules, sources or built. */
const own = new URL('..', import.meta.url).pathname

/** What a file raised while it was loaded, with the line of that file; its path is '' where the error does not say it. */
export function problemOfThrown(cause: unknown, nameOf: (file: string) => string): Problem {
  const { name, message, stack } = detailsOf(cause)
  const syntax = /^ParseError: (.*?)\s*\n\s*(.*):(\d+):(\d+)/.exec(message)
  if (syntax !== null) {
    const [, what = '', file = '', line = '', column = ''] = syntax
    return {
      code: 'patch-file-threw',
      path: `${nameOf(file)}:${line}:${Number(column) + 1}`,
      message: 'has a syntax error',
      found: what,
      expected: 'TypeScript or JavaScript',
    }
  }
  const missing = /^Cannot find (?:module|package) '([^']*)'/.exec(message)?.[1]
  if (missing !== undefined)
    return {
      code: 'patch-file-threw',
      path: '',
      message: 'imports something that cannot be found',
      found: show(missing),
      expected: 'megasynth, megasynth/scsynth, a file beside it, or an installed package',
    }
  return {
    code: 'patch-file-threw',
    path: lineOf(stack, nameOf) ?? '',
    message: 'threw an error while it was loaded',
    found: name === '' ? message : `${name}: ${message}`,
  }
}

/** What something raised that a file left running: a timer, a promise. */
export function problemOfStray(cause: unknown, nameOf: (file: string) => string): Problem {
  const { name, message, stack } = detailsOf(cause)
  return {
    code: 'patch-file-threw',
    path: lineOf(stack, nameOf) ?? 'patch file',
    message: 'threw an error after it was loaded',
    found: name === '' ? message : `${name}: ${message}`,
    suggestion: 'a patch file leaves nothing running: no timers, no promises that nobody awaits',
  }
}

/** Whether an error comes from Megasynth, or from what it uses, with no file of the user on the way. */
export function isOwn(cause: unknown): boolean {
  const { stack } = detailsOf(cause)
  return framesOutside(stack) === '' && (stack.includes(own) || /[\\/]node_modules[\\/]/.test(stack))
}

/** `file:line` of the topmost of the user's files in a stack. Only lines are right: the loader rewrites what is on them. */
export function lineOf(stack: string, nameOf: (file: string) => string): string | undefined {
  const [, file, line] =
    /(?:\(|at )(?:async )?(?:file:\/\/)?((?:\/|[A-Za-z]:)[^()\n]*\.[mc]?[jt]s):(\d+):\d+/.exec(
      framesOutside(stack),
    ) ?? []
  return file === undefined ? undefined : `${nameOf(file)}:${line}`
}

/** The frames of the user's own files: not of Node, nor of what is installed, nor of Megasynth. */
function framesOutside(stack: string): string {
  return stack
    .split('\n')
    .filter(
      (line) =>
        /^\s+at .*:\d+\)?$/.test(line) && !/node:|[\\/]node_modules[\\/]/.test(line) && !line.includes(own),
    )
    .join('\n')
}

/** What can be said of something thrown; it may be anything. */
function detailsOf(cause: unknown): {
  readonly name: string
  readonly message: string
  readonly stack: string
} {
  if (cause instanceof MegasynthError) {
    const [problem] = cause.problems
    return { name: '', message: `${problem?.path}: ${problem?.message}`, stack: cause.stack ?? '' }
  }
  if (!(cause instanceof Error)) return { name: '', message: show(cause), stack: '' }
  // "(0 , _megasynth.definePach)" is how the loader writes definePach
  const message = cause.message.replaceAll(/\(0 , \w+\.(\w+)\)/g, '$1')
  return { name: cause.name, message: message.slice(0, 500), stack: cause.stack ?? '' }
}
