import { onTestFailed } from 'vitest'

/**
 * Waits until something is so, however busy the machine is: only the limit of the test itself ends it, and then it is
 * told what was waited for.
 *
 * @param seen what there is to be seen of it meanwhile, for whoever has to find out why it never came
 */
export async function until(
  what: () => boolean | Promise<boolean>,
  seen: () => unknown = () => undefined,
): Promise<void> {
  if (await what()) return
  const wait = { isOver: false }
  onTestFailed(() => {
    if (wait.isOver) return
    wait.isOver = true
    const sight = seen()
    throw new Error(`it never came: ${what.toString()}${sight === undefined ? '' : `\n${JSON.stringify(sight)}`}`) // prettier-ignore
  })
  while (!wait.isOver && !(await what())) await new Promise((resolve) => setTimeout(resolve, 10))
  wait.isOver = true
}
