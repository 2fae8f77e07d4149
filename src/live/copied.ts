import { plainCopy } from '../patch/plain.ts'

/** A value of one's own, whatever its giver does with his; as it is if it is no plain data, which is found out later. */
export function copied<T>(value: T): T {
  try {
    return structuredClone(value)
  } catch {
    // a proxy cannot be cloned, and may still be read as data
    const { copy, problems } = plainCopy(value)
    return problems.length > 0 ? value : structuredClone(copy as T)
  }
}

/**
 * A plain value that nobody can change any more, whoever has it in hand: what is in it is frozen, in place. What is frozen
 * already is taken to be so all through, so a patch of which an edit changed little costs little.
 */
export function immutable<T>(value: T): T {
  if (Object.isFrozen(value)) return value
  // from the inside: what is frozen is then whole
  for (const member of Object.values(value as object)) immutable(member)
  return Object.freeze(value)
}
