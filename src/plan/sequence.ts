/** A synth among others that run one after the other: what it reads and writes, by buses (`audioBus`, `controlBus`). */
export interface Member {
  readonly id: number
  /** Of its device: a synth and its successor have the same. */
  readonly name: string
  readonly reads: readonly number[]
  readonly writes: readonly number[]
}

/**
 * The order in which the synths of a group run if none of those that are there need move: what leaves stays where it is,
 * and what is new comes right behind what is left of its predecessor. Undefined if what stays is wanted in another order.
 *
 * @param wanted in their order
 * @param present ids in the order in which they run now
 */
export function merged(
  wanted: readonly Named[],
  leaving: readonly Named[],
  present: readonly number[],
): number[] | undefined {
  const there = new Set(present)
  const names = new Set(wanted.map(({ name }) => name))
  const nameOf = new Map(leaving.map(({ id, name }) => [id, name]))
  const order: number[] = []
  let next = 0
  /** Passes what leaves from here on, up to the last one for which this holds. */
  const pass = (isPassed: (name: string) => boolean): void => {
    let end = next
    for (let i = next; i < present.length; i++) {
      const name = nameOf.get(present[i] as number)
      if (name === undefined) break
      if (isPassed(name)) end = i + 1
    }
    order.push(...present.slice(next, end))
    next = end
  }
  for (const { id, name } of wanted) {
    if (!there.has(id)) {
      // behind its predecessor, and behind what rings out and has no successor
      pass((other) => other === name || !names.has(other))
    } else {
      pass(() => true)
      if (present[next++] !== id) return undefined
    }
    order.push(id)
  }
  pass(() => true)
  return next === present.length ? order : undefined
}

interface Named {
  readonly id: number
  readonly name: string
}

/** Whether, of those that are new or leave, each runs after the others whose buses it reads. */
export function isSound(order: readonly number[], members: readonly Member[]): boolean {
  const place = new Map(order.map((id, i) => [id, i]))
  const placeOf = ({ id }: Member): number => place.get(id) ?? 0
  return members.every((reader) =>
    members.every(
      (writer) =>
        placeOf(writer) <= placeOf(reader) || !writer.writes.some((bus) => reader.reads.includes(bus)),
    ),
  )
}

/**
 * The order in which the synths of a group run while some of them leave: those that are wanted as near to their order as
 * can be, those that leave where they are, each after all that it reads.
 *
 * @param wanted in their order
 * @param present ids in the order in which they run now
 */
export function sequence(
  wanted: readonly Member[],
  leaving: readonly Member[],
  present: readonly number[],
): Member[] {
  if (present.length === wanted.length + leaving.length) {
    const byId = new Map([...wanted, ...leaving].map((member) => [member.id, member]))
    const there = present.flatMap((id) => byId.get(id) ?? [])
    const inOrder = new Set(wanted)
    const asWanted = there.filter((member) => inOrder.has(member)).every((member, i) => member === wanted[i])
    // nothing is born, and nothing moves: as it was, so it can stay
    if (there.length === byId.size && asWanted) return there
  }
  return sorted(insert(wanted, leaving, present), new Set(leaving), present)
}

/** Puts what leaves among what is wanted: in front of what it was in front of, and if it can, of a new successor. */
function insert(wanted: readonly Member[], leaving: readonly Member[], present: readonly number[]): Member[] {
  const order = [...wanted]
  const place = new Map(present.map((id, i) => [id, i]))
  const placeOf = ({ id }: Member): number => place.get(id) ?? -1
  for (const member of leaving.toSorted((a, b) => placeOf(a) - placeOf(b))) {
    const reads = new Set(member.reads)
    const after = 1 + order.findLastIndex((other) => other.writes.some((bus) => reads.has(bus)))
    const successor = wanted.find(({ id, name }) => name === member.name && !place.has(id))
    const next = order.findIndex((other) => placeOf(other) > placeOf(member))
    const followers = [order.findIndex(({ id }) => id === successor?.id), next < 0 ? order.length : next]
    const possible = followers.filter((index) => index >= after)
    order.splice(possible.length > 0 ? Math.min(...possible) : after, 0, member)
  }
  return order
}

/**
 * The same members, each after those whose buses it reads, otherwise in their order. Where an edit turned a cable round,
 * not all can have it: first what leaves goes without what is wanted and was not there
 * before it, then what is wanted without what leaves.
 */
function sorted(
  order: readonly Member[],
  leaving: ReadonlySet<Member>,
  present: readonly number[],
): Member[] {
  const place = new Map(present.map((id, i) => [id, i]))
  const isBefore = (a: Member, b: Member): boolean => (place.get(a.id) ?? Infinity) < (place.get(b.id) ?? 0)
  const writers = new Map<number, Member[]>()
  for (const member of order)
    for (const bus of member.writes) {
      const list = writers.get(bus)
      if (list) list.push(member)
      else writers.set(bus, [member])
    }
  const waiting = new Set(order)
  const mustWait = (member: Member, goesWithout: (source: Member) => boolean): boolean =>
    member.reads.some((bus) =>
      writers.get(bus)?.some((source) => source !== member && waiting.has(source) && !goesWithout(source)),
    )
  /** The next one, if there is one that need not wait; `inOrder`: nothing that is wanted overtakes another. */
  const next = (
    goesWithout: (member: Member, source: Member) => boolean,
    inOrder = false,
  ): Member | undefined => {
    let isPassed = false
    for (const member of waiting) {
      if (inOrder && isPassed && !leaving.has(member)) continue
      if (!mustWait(member, (source) => goesWithout(member, source))) return member
      if (!leaving.has(member)) isPassed = true
    }
    return undefined
  }
  const result: Member[] = []
  while (waiting.size > 0) {
    const member =
      next(() => false, true) ??
      next(() => false) ??
      next((one, source) => leaving.has(one) && !leaving.has(source) && !isBefore(source, one)) ??
      next((_, source) => leaving.has(source)) ??
      next(() => true)
    if (member === undefined) break
    waiting.delete(member)
    result.push(member)
  }
  return result
}

/** A place for a node: right after another, or first in its group. */
export type At =
  { readonly action: 'head'; readonly target: number } | { readonly action: 'after'; readonly target: number }

/** A synth that is born or moved, and where it goes. */
export interface Placing {
  readonly id: number
  readonly at: At
  /** It is not there yet; else it stands elsewhere. */
  readonly isNew: boolean
}

/**
 * What brings the synths of a group into an order, one after the other: where each goes that is not there yet, or stands
 * elsewhere; nothing for those that are in their place.
 */
export function arrange(group: number, order: readonly number[], present: readonly number[]): Placing[] {
  const there = new Set(present)
  const wanted = new Set(present.length === 0 ? [] : order)
  const now = present.filter((id) => wanted.has(id))
  const placings: Placing[] = []
  let position = 0
  for (const [i, id] of order.entries()) {
    const isNew = !there.has(id)
    const moves = !isNew && now[position] !== id
    if (moves) {
      now.splice(now.indexOf(id), 1)
      now.splice(position, 0, id)
    }
    if (!isNew) position++
    if (!isNew && !moves) continue
    const previous = order[i - 1]
    const at: At =
      previous === undefined ? { action: 'head', target: group } : { action: 'after', target: previous }
    placings.push({ id, at, isNew })
  }
  return placings
}
