import type { Part } from '../patch/parts.ts'
import type { ParsedPatch } from '../patch/types.ts'

/**
 * The devices in an order in which each follows all it reads, `out` last: shared devices before the voices, then the
 * voices, then what comes after. Depth first from what is declared, so that a bus is read soon after it was written.
 * Feedback cables do not count.
 */
export function sortDevices(patch: ParsedPatch, parts: ReadonlyMap<string, Part>): string[] {
  const sources = new Map<string, string[]>()
  for (const { from, to, feedback } of patch.connections) {
    if (from.kind !== 'device' || feedback) continue
    const list = sources.get(to)
    if (list) list.push(from.name)
    else sources.set(to, [from.name])
  }
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
