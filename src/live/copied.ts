/** A value of one's own, whatever its giver does with his; as it is if it is no plain data, which is found out later. */
export function copied<T>(value: T): T {
  try {
    return structuredClone(value)
  } catch {
    return value
  }
}
