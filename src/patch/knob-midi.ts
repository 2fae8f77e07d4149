import type { Problem } from '../errors/index.ts'
import { listNames } from '../errors/index.ts'
import { isPlainObject, pathTo, type PlainObject } from './plain.ts'

const controls = ['cc', 'cc14', 'nrpn'] as const

/** What is wrong with the controls that turn knobs, beyond single values: what does not go together. */
export function midiProblems(knobs: PlainObject): Problem[] {
  return Object.entries(knobs).flatMap(([name, knob]): Problem[] => {
    const midi = isPlainObject(knob) ? knob['midi'] : undefined
    if (!isPlainObject(midi)) return []
    const path = `${pathTo('knobs', name)}.midi`
    const named = controls.filter((control) => midi[control] !== undefined)
    if (named.length > 1)
      return [
        {
          code: 'invalid-value',
          path,
          message: 'names several controls',
          found: listNames(named),
          expected: 'one of cc, cc14 and nrpn',
          suggestion: 'leave out all but one',
        },
      ]
    // a misspelt one is an unknown key, and that is said already
    const isComplete = Object.keys(midi).every((key) => key === 'channel')
    if (named.length === 0 && isComplete)
      return [
        {
          code: 'missing-key',
          path,
          message: 'names no control',
          expected: 'one of cc, cc14 and nrpn',
          suggestion: 'write { cc: 74 }, with the number that the control sends',
        },
      ]
    return [...choiceProblems(midi, path), ...relativeProblems(midi, path)]
  })
}

/** Controllers by which MIDI chooses a parameter: their values are numbers of parameters, no positions. */
function choiceProblems({ cc }: PlainObject, path: string): Problem[] {
  if (typeof cc !== 'number' || cc < 98 || cc > 101) return []
  return [
    {
      code: 'invalid-value',
      path: `${path}.cc`,
      message: 'chooses a parameter in MIDI and turns nothing',
      found: String(cc),
      expected: 'another controller',
      suggestion: 'write { nrpn: … } with the number of the parameter, if the hardware sends those',
    },
  ]
}

function relativeProblems(midi: PlainObject, path: string): Problem[] {
  if (midi['relative'] === undefined) return []
  if (midi['cc'] === undefined)
    return [
      {
        code: 'invalid-value',
        path: `${path}.relative`,
        message: 'is for cc only: finer controls send their position',
        expected: 'cc beside it, or no relative',
      },
    ]
  if (midi['takeover'] === undefined) return []
  return [
    {
      code: 'invalid-value',
      path: `${path}.takeover`,
      message: 'an encoder that sends steps has no position to jump to',
      expected: 'either relative or takeover',
      suggestion: 'leave it out',
    },
  ]
}
