import { dayMs } from '../kernel/clock.ts'
import { transact } from '../store/transact.ts'
import type { BatchDeps } from './batch-deps.ts'

/** Providers keep results for 29 days. Nobody asks for the clients' own ids after that. */
const keptMs = 31 * dayMs
const batchesAtOnce = 20

/** Forgets the requests of batches whose results are gone. What they cost stays in the rows of batches and calls. */
export async function forgetOldItems({
  db,
  clock,
  inFlight,
}: Pick<BatchDeps, 'db' | 'clock' | 'inFlight'>): Promise<void> {
  while (inFlight.isAdmitting) {
    const forgotten = await transact(db, async (transaction) => {
      const old = await transaction
        .selectFrom('batches')
        .select('id')
        .where('settled_at_ms', 'is not', null)
        .where('created_at_ms', '<', clock.nowMs() - keptMs)
        .where((where) =>
          where.exists(
            where.selectFrom('batch_items').select('position').whereRef('batch_items.batch_id', '=', 'batches.id'),
          ),
        )
        .limit(batchesAtOnce)
        .execute()
      const ids = old.map(({ id }) => id)
      if (ids.length > 0) await transaction.deleteFrom('batch_items').where('batch_id', 'in', ids).execute()
      return ids.length
    })
    if (forgotten < batchesAtOnce) return
  }
}
