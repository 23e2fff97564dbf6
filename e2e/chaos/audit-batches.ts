import type { BilledItem } from '@opencredits/sandbox'
import type { Books, RequestRow } from './books.ts'
import type { Difference } from './difference.ts'
import { trueBatchCost, trueShare } from './true-price.ts'

/** Under which endpoint the requests of batches are booked. */
const endpoint = 'messages.batch'

export function isOfBatch(row: RequestRow): boolean {
  return row.endpoint === endpoint
}

/** Compares every request of a batch that the provider billed with what was charged for it: no more, no less, once. */
export function auditBatches(billed: readonly BilledItem[], books: Books): readonly Difference[] {
  const rows = new Map(books.requests.filter(isOfBatch).map((row) => [row.id, row]))
  const found = billed.flatMap((item): Difference[] => {
    const id = `req_${item.customId.replace('-', '_')}`
    const row = rows.get(id)
    rows.delete(id)
    const of = (kind: string, detail: string): Difference[] => [{ kind, about: id, detail }]
    if (row === undefined) return of('batch_free', 'the provider billed it')
    const cost = trueBatchCost(row.model, item.call)
    if (row.cost !== cost) return of('batch_cost', `expected ${cost}, is ${row.cost}`)
    if (row.charge !== cost + trueShare(cost)) return of('batch_charge', `charged ${row.charge} for ${cost}`)
    return []
  })
  return [
    ...found,
    ...[...rows.values()]
      .filter(({ charge }) => charge > 0)
      .map(({ id, charge }) => ({ kind: 'batch_charged_for_nothing', about: id, detail: `charged ${charge}` })),
  ]
}
