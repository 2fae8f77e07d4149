import { MegasynthError, type Problem } from '../errors/index.ts'
import { decodeSynthDefs } from '../scsynth/index.ts'
import { checkCommands } from './check.ts'
import type { DefToLoad } from './engine.ts'
import type { EngineLimits } from './limits.ts'

/** Refuses SynthDefs that are not what they say, too large, or too many beside those that are loaded; tells all of them at once. */
export function checkDefs(
  defs: readonly DefToLoad[],
  loaded: ReadonlySet<string>,
  limits: EngineLimits,
): void {
  const found: Problem[] = []
  for (const { name, bytes, label } of defs) {
    const path = label ?? name
    found.push(...checkCommands([{ call: '/d_recv', name, bytes }], limits, undefined, () => path))
    try {
      const names = decodeSynthDefs(bytes).map((def) => def.name)
      if (names.length !== 1 || names[0] !== name)
        found.push({
          code: 'invalid-synthdef',
          path,
          message: 'the bytes hold something else',
          found: names.join(', ') || 'no SynthDef',
          expected: name,
        })
    } catch (error) {
      if (!(error instanceof MegasynthError)) throw error
      found.push(...error.problems.map((problem) => ({ ...problem, path: `${path}: ${problem.path}` })))
    }
  }
  const count = new Set([...loaded, ...defs.map(({ name }) => name)]).size
  if (count > limits.maxSynthDefs)
    found.push({
      code: 'engine-limit',
      path: 'engine',
      message: 'too many SynthDefs',
      found: `${count}, ${count - limits.maxSynthDefs} too many`,
      expected: `at most ${limits.maxSynthDefs}`,
      suggestion: 'make the engine larger: maxSynthDefs',
    })
  if (found.length > 0) throw new MegasynthError(found)
}
