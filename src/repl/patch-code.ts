/** A module's own words begin a line. */
const isModule = /^[ \t]*(?:import\s+[\w{*'"]|export\s+(?:default|const|let|var|function|class|async)\s)/m
const importFrom = /^[ \t]*import\s+(type\s+)?([^'"()]+?)\s+from\s+(['"])([^'"\n]+)\3[ \t]*;?/gm
const importOnly = /^[ \t]*import\s+(['"])([^'"\n]+)\1[ \t]*;?/gm

/** Code that can be run at the prompt. */
export interface PromptCode {
  readonly code: string
  /** The variable to which it gives what it exports by default: a patch that is to be applied. */
  readonly exports?: string
}

/**
 * A patch file that is pasted, as code for the prompt, which is no module: what it imports from megasynth is there
 * already, other imports are awaited, and its default export goes to a variable. Other code is left as it is.
 *
 * @example
 * promptCode("import { definePatch } from 'megasynth'\nexport default definePatch({ devices: {} })").exports // '$patch'
 */
export function promptCode(code: string): PromptCode {
  if (!isModule.test(code)) return { code }
  const own = code
    .replaceAll(importFrom, (all, type: string | undefined, names: string, _, from: string) =>
      type !== undefined || /^megasynth(\/|$)/.test(from) ? blank(all) : imported(names, from),
    )
    .replaceAll(importOnly, (_, __, from: string) => `await import(${JSON.stringify(from)});`)
    .replaceAll(/^([ \t]*)export\s+(?=(?:const|let|var|function|class|async)\s)/gm, '$1')
  const exported = own.replace(/^[ \t]*export\s+default\s/m, `${variable} = `)
  return exported === own ? { code: own } : { code: exported, exports: variable }
}

const variable = '$patch'

/** Lines stay where they are: errors name them. */
const blank = (text: string): string => text.replaceAll(/[^\n]/g, '')

/** `a, { b as c }` and `* as d` as variables. */
function imported(names: string, from: string): string {
  const load = `await import(${JSON.stringify(from)})`
  const all = /\*\s+as\s+([\w$]+)/.exec(names)?.[1]
  if (all !== undefined) return `var ${all} = ${load};`
  const first = /^\s*([\w$]+)/.exec(names)?.[1]
  const inner =
    /\{([^}]*)\}/.exec(names)?.[1]?.replaceAll(/\btype\s+[\w$]+(?:\s+as\s+[\w$]+)?\s*,?/g, '') ?? ''
  const parts = [
    ...(first === undefined ? [] : [`default: ${first}`]),
    inner.replaceAll(/\s+as\s+/g, ': ').trim(),
  ]
  return `var { ${parts.filter((part) => part !== '').join(', ')} } = ${load};`
}
