import type { Part } from '../patch/parts.ts'
import type { ParsedPatch } from '../patch/types.ts'

/**
 * The devices in an order in which each follows all it reads, `out` last: shared devices before the voices, then the
 * voices, then what comes after. Depth first from what is declared, so that a bus is read soon after it was written.
 * What is read by a feedback cable comes after its reader, if other cables allow it: so it is heard a block late.
 */
export function sortDevices(patch: ParsedPatch, parts: ReadonlyMap<string, Part>): string[] {
  const sources = new Map<string, string[]>()
  const follow = (name: string, source: string): void => {
    const list = sources.get(name)
    if (list) list.push(source)
    else sources.set(name, [source])
  }
  for (const { from, to, feedback } of patch.connections)
    if (from.kind === 'device' && !feedback) follow(to, from.name)
  for (const { from, to, feedback } of patch.connections)
    if (from.kind === 'device' && feedback && !reaches(sources, to, from.name)) follow(from.name, to)
  const order: string[] = []
  const seen = new Set<string>()
  for (const root of ['out', ...Object.keys(patch.devices)]) {
    // an explicit stack: patches may be deeper than the call stack
    const stack = [{ name: root, next: 0 }]
    while (stack.length > 0) {
      const top = stack.at(-1) as { name: string; next: number }
      if (top.next === 0 && seen.has(top.name)) {
        stack.pop()
        continue
      }
      seen.add(top.name)
      const source = sources.get(top.name)?.[top.next++]
      if (source === undefined) {
        order.push(top.name)
        stack.pop()
      } else if (!seen.has(source)) stack.push({ name: source, next: 0 })
    }
  }
  const devices = order.filter((name) => name !== 'out')
  const inPart = (part: Part): string[] => devices.filter((name) => parts.get(name) === part)
  return [...inPart('before'), ...inPart('voice'), ...inPart('after'), 'out']
}

/** Whether a device reads another, directly or through others. */
function reaches(sources: ReadonlyMap<string, readonly string[]>, from: string, target: string): boolean {
  const seen = new Set([from])
  for (const name of seen) {
    if (name === target) return true
    for (const source of sources.get(name) ?? []) seen.add(source)
  }
  return false
}
