import { ProviderProblem } from './provider-problem.ts'

export interface PageRequest {
  /** What follows this one. */
  readonly afterId?: string | undefined
  /** What comes right before this one. */
  readonly beforeId?: string | undefined
  readonly limit: number
}

/** One page of a list in its order, and whether it goes on in the direction of the reading. @throws ProviderProblem for an id that is not in the list. */
export function pageOf<Entry extends { readonly id: string }>(
  entries: readonly Entry[],
  { afterId, beforeId, limit }: PageRequest,
): { readonly page: readonly Entry[]; readonly hasMore: boolean } {
  const placeOf = (id: string): number => {
    const place = entries.findIndex((entry) => entry.id === id)
    if (place === -1) throw new ProviderProblem(400, `There is no "${id}" in this list.`)
    return place
  }
  if (beforeId !== undefined) {
    const end = placeOf(beforeId)
    const start = Math.max(0, end - limit)
    return { page: entries.slice(start, end), hasMore: start > 0 }
  }
  const start = afterId === undefined ? 0 : placeOf(afterId) + 1
  return { page: entries.slice(start, start + limit), hasMore: start + limit < entries.length }
}
