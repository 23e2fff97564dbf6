/** Writes that nobody waits for, unless somebody asks for what is in them. */
export interface LazyWrites<Row> {
  add(owner: string, row: Row, bytes: number): void
  /** Writes what waits of an owner at once, and waits for it. */
  written(owner: string): Promise<void>
  /** Writes all that waits, and waits for it. */
  finish(): Promise<void>
}

/** One commit for many costs a call the least; what a crash takes meanwhile is found missing, and said so. */
const waitMs = 50
/** What waits is in memory. */
const waitingBytesMax = 4 * 1024 * 1024

/** @param write never rejects; rows that are written at the same time share a commit. */
export function createLazyWrites<Row>(write: (row: Row) => Promise<unknown>): LazyWrites<Row> {
  let waiting: { readonly owner: string; readonly row: Row }[] = []
  let waitingBytes = 0
  let timer: NodeJS.Timeout | undefined
  /** Of each owner, what waits and what is being written. */
  const open = new Map<string, { waits: number; readonly running: Set<Promise<unknown>> }>()

  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const rows = waiting
    waiting = []
    waitingBytes = 0
    for (const { owner, row } of rows) {
      const own = open.get(owner)
      if (own === undefined) continue
      own.waits -= 1
      const running = write(row)
      own.running.add(running)
      void running.then(() => {
        own.running.delete(running)
        if (own.running.size === 0 && own.waits === 0) open.delete(owner)
      })
    }
  }

  return {
    add(owner, row, bytes) {
      const own = open.get(owner) ?? { waits: 0, running: new Set() }
      own.waits += 1
      open.set(owner, own)
      waiting.push({ owner, row })
      waitingBytes += bytes
      if (waitingBytes > waitingBytesMax) flush()
      else timer ??= setTimeout(flush, waitMs)
    },
    async written(owner) {
      const own = open.get(owner)
      if (own === undefined) return
      if (own.waits > 0) flush()
      await Promise.all(own.running)
    },
    async finish() {
      flush()
      await Promise.all([...open.values()].flatMap(({ running }) => [...running]))
    },
  }
}
