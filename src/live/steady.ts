/**
 * Looks at something that takes a while to be seen, until nothing has changed meanwhile: what was seen, or that it could not
 * be, is then so.
 *
 * @param before what is looked at; waits until it can be
 * @param isStill whether that is what there is now, too
 */
export async function steady<V, T>(
  before: () => Promise<V>,
  look: (what: V) => Promise<T>,
  isStill: (what: V) => boolean | Promise<boolean>,
): Promise<T> {
  for (;;) {
    const what = await before()
    try {
      const seen = await look(what)
      if (await isStill(what)) return seen
    } catch (error) {
      if (await isStill(what)) throw error
    }
  }
}
