/** Transfers after one sequence number, up to and with another. */
export interface SeqRange {
  readonly after: number
  readonly through: number
}

/** How many values one statement takes. */
const chunkSize = 500

export function inChunks<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const chunks: Item[][] = []
  for (let start = 0; start < items.length; start += chunkSize) chunks.push(items.slice(start, start + chunkSize))
  return chunks
}
