import type { OnCallEnded } from '../gateway/settle-request.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { transact } from '../store/transact.ts'
import { endItems, type ItemEnd } from './end-items.ts'
import { openItems } from './item-rows.ts'

/** Requests that end in one transaction. */
export const itemsAtOnce = 200

export interface EndingDeps {
  readonly db: Database
  readonly clock: Clock
  readonly onCallEnded: OnCallEnded
}

/** Ends requests of a batch that cost nothing. */
export async function releaseItems(
  deps: EndingDeps,
  batch: Row<'batches'>,
  { items, state }: { readonly items: Iterable<Row<'batch_items'>>; readonly state: ItemEnd['state'] },
): Promise<void> {
  const ends = [...items].map((item): ItemEnd => ({ item, state, measured: null, upstreamRequestId: null }))
  for (let from = 0; from < ends.length; from += itemsAtOnce) {
    const nowMs = deps.clock.nowMs()
    await endItems(deps, { batch, ends: ends.slice(from, from + itemsAtOnce), nowMs, leasedUntilMs: nowMs })
  }
}

/**
 * Undoes a batch that its provider has refused, with its hold and its rows: it never was. Marked first, so that a server
 * that dies on the way leaves the rest to the next look.
 */
export async function undoBatch(deps: EndingDeps, batch: Row<'batches'>): Promise<void> {
  await deps.db.updateTable('batches').set({ state: 'refused' }).where('id', '=', batch.id).execute()
  const open = await openItems(deps.db, batch.id)
  await releaseItems(deps, batch, { items: open.values(), state: 'canceled' })
  await transact(deps.db, async (transaction) => {
    await transaction.deleteFrom('batch_items').where('batch_id', '=', batch.id).execute()
    await transaction.deleteFrom('batches').where('id', '=', batch.id).execute()
  })
}
