/** One thing that is wrong, where, and what would be right. */
export interface Problem {
  /** Stable, machine-readable, e.g. `unknown-port`. */
  readonly code: ProblemCode
  /** Where: a path in the patch (`connections[3]`, `devices.filter0.cutoff`), a file, an option, a device of the engine. */
  readonly path: string
  /** One sentence without the place. */
  readonly message: string
  readonly found?: string
  readonly expected?: string
  /** The nearest thing that would be valid, or the step that mends it. */
  readonly suggestion?: string
}

/** Every code that Megasynth reports. A code never changes its meaning. */
export type ProblemCode =
  // a patch
  | 'not-a-patch'
  | 'unsupported-format'
  | 'unknown-key'
  | 'missing-key'
  | 'invalid-value'
  | 'out-of-range'
  | 'invalid-name'
  | 'reserved-name'
  | 'duplicate-name'
  | 'unknown-device-type'
  | 'unknown-port'
  | 'unknown-source'
  | 'unknown-destination'
  | 'duplicate-connection'
  | 'not-connectable'
  | 'self-connection'
  | 'cycle'
  | 'shared-reads-keys'
  | 'voice-after-shared'
  | 'too-large'
  // score and performance
  | 'invalid-notes'
  | 'unknown-knob'
  | 'unknown-snapshot'
  | 'invalid-note'
  // files
  | 'unreadable-file'
  | 'unwritable-file'
  | 'file-exists'
  | 'unknown-file-type'
  | 'patch-file-threw'
  | 'no-default-export'
  | 'invalid-json'
  | 'not-formatted'
  | 'invalid-midi'
  | 'invalid-synthdef'
  | 'invalid-osc'
  | 'invalid-tuning'
  // MIDI ports
  | 'midi-unavailable'
  | 'unknown-midi-port'
  | 'midi-port-failed'
  // this computer
  | 'unsupported-node'
  // the command line
  | 'invalid-option'
  // the network
  | 'network-failed'
  // the engine
  | 'invalid-plan'
  | 'engine-limit'
  | 'engine-failed'
  | 'engine-timeout'
  | 'engine-closed'
  | 'invalid-device-type'
  // sound devices
  | 'sound-library-missing'
  | 'no-sound-device'

/**
 * The one error class of Megasynth: carries every problem found, not only the first.
 *
 * @example
 * try { await render(patch, { seconds: 1 }) } catch (error) {
 *   if (error instanceof MegasynthError) for (const p of error.problems) console.error(p.code, p.path)
 * }
 */
export class MegasynthError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(formatProblems(problems), options)
    this.name = 'MegasynthError'
    this.problems = problems
  }

  /** The code of the first problem. */
  get code(): ProblemCode {
    return this.problems[0]?.code ?? 'engine-failed'
  }
}

/** Throws a {@link MegasynthError} with a single problem. */
export function fail(problem: Problem, options?: ErrorOptions): never {
  throw new MegasynthError([problem], options)
}

/** A problem of something that is part of something else: its place begins with that of the whole. */
export function problemIn(owner: string, problem: Problem): Problem {
  const path = problem.path === 'patch' ? '' : problem.path
  return { ...problem, path: `${owner}${path === '' || path.startsWith('[') ? '' : '.'}${path}` }
}

/** All problems of whatever was thrown; what is none of ours is `engine-failed`. */
export const problemsOf = (error: unknown): readonly Problem[] =>
  error instanceof MegasynthError
    ? error.problems
    : [{ code: 'engine-failed', path: 'engine', message: 'it broke', found: String(error) }]

/** How a text is painted; identity functions where there are no colours. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly cyan: (text: string) => string
}

const same = (text: string): string => text

/** No colours at all. */
export const plain: Paint = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same }

/**
 * One problem as text: place, sentence, found and expected, nearest fix.
 *
 * @example
 * formatProblem({ code: 'unknown-knob', path: '--set volme', message: 'the patch has no such knob' })
 */
export function formatProblem(problem: Problem, paint: Paint = plain): string {
  const where = problem.path === '' ? '' : `${paint.bold(problem.path)}: `
  const lines = [`${where}${problem.message} ${paint.dim(`[${problem.code}]`)}`]
  if (problem.found !== undefined) lines.push(`  found:    ${paint.red(problem.found)}`)
  if (problem.expected !== undefined) lines.push(`  expected: ${paint.green(problem.expected)}`)
  if (problem.suggestion !== undefined) lines.push(`  ${paint.cyan(problem.suggestion)}`)
  return lines.join('\n')
}

/**
 * All problems as text, in the order they were found.
 *
 * @example
 * console.error(formatProblems(checkPatch(patch, standard, out).problems))
 */
export function formatProblems(problems: readonly Problem[], paint: Paint = plain): string {
  return problems.map((problem) => formatProblem(problem, paint)).join('\n')
}
