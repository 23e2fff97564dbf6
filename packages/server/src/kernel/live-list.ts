interface Entry<Item> {
  readonly item: Item
  place: number
}

/**
 * Things that come and go with every call. A `Set` would do, but it leaves its outgrown tables in the old generation, and
 * each keeps all that was in it, whole calls with their sockets, until the next full collection.
 */
export class LiveList<Item> implements Iterable<Item> {
  private readonly entries: Entry<Item>[] = []

  get size(): number {
    return this.entries.length
  }

  /** @returns what takes it out again; a second time changes nothing. */
  add(item: Item): () => void {
    const entry = { item, place: this.entries.length }
    this.entries.push(entry)
    return () => this.remove(entry)
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (const { item } of this.entries) yield item
  }

  /** The last one takes its place, so that there are no holes. */
  private remove(entry: Entry<Item>): void {
    if (this.entries[entry.place] !== entry) return
    const last = this.entries.pop()
    if (last === undefined || last === entry) return
    last.place = entry.place
    this.entries[entry.place] = last
  }
}
