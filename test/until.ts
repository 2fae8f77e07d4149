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
  tellIfFailed(() => {
    if (wait.isOver) return
    wait.isOver = true
    const sight = seen()
    const shown = typeof sight === 'string' ? sight : JSON.stringify(sight)
    throw new Error(`it never came: ${what.toString()}${shown === undefined ? '' : `\n${shown}`}`)
  })
  while (!wait.isOver && !(await what())) await new Promise((resolve) => setTimeout(resolve, 10))
  wait.isOver = true
}

/** What is thrown is an error of the test more; of a hook that begins or ends them all there is no such test. */
function tellIfFailed(tell: () => void): void {
  try {
    onTestFailed(tell)
  } catch (error) {
    if (!String(error).includes('onTestFailed')) throw error
  }
}
