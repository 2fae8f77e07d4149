interface Entry<T> {
  readonly block: number
  readonly order: number
  readonly item: T
}

/**
 * Things to be done at blocks to come, in the order of their blocks and, within one, in the order given. A binary heap:
 * a long score is put in whole.
 */
export class Timeline<T> {
  #heap: Entry<T>[] = []
  #order = 0

  get size(): number {
    return this.#heap.length
  }

  /** Block of the first item, or Infinity. */
  get nextBlock(): number {
    return this.#heap[0]?.block ?? Infinity
  }

  add(block: number, item: T): void {
    const heap = this.#heap
    heap.push({ block, order: this.#order++, item })
    for (let i = heap.length - 1; i > 0;) {
      const parent = (i - 1) >> 1
      if (!this.#before(i, parent)) break
      this.#swap(i, parent)
      i = parent
    }
  }

  /** Takes everything that is due at a block or earlier. */
  takeUntil(block: number): T[] {
    const due: T[] = []
    while (this.nextBlock <= block) due.push(this.#takeFirst())
    return due
  }

  /** Takes out what is meant of all that is due later than a block. */
  remove(after: number, isMeant: (item: T) => boolean): void {
    // in their order they are a heap
    this.#heap = this.#heap
      .filter(({ block, item }) => block <= after || !isMeant(item))
      .toSorted((a, b) => a.block - b.block || a.order - b.order)
  }

  clear(): void {
    this.#heap = []
  }

  #takeFirst(): T {
    const heap = this.#heap
    const first = heap[0] as { readonly item: T }
    const last = heap.pop() as (typeof heap)[number]
    if (heap.length > 0) heap[0] = last
    for (let i = 0; ;) {
      const [left, right] = [2 * i + 1, 2 * i + 2]
      let least = i
      if (left < heap.length && this.#before(left, least)) least = left
      if (right < heap.length && this.#before(right, least)) least = right
      if (least === i) return first.item
      this.#swap(i, least)
      i = least
    }
  }

  #before(a: number, b: number): boolean {
    const [x, y] = [this.#heap[a], this.#heap[b]] as { block: number; order: number }[]
    return x !== undefined && y !== undefined && (x.block - y.block || x.order - y.order) < 0
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap
    ;[heap[a], heap[b]] = [heap[b] as (typeof heap)[number], heap[a] as (typeof heap)[number]]
  }
}
