import type { Row } from '../store/schema.ts'
import type { BatchDeps } from './batch-deps.ts'
import { type BatchProvider, keyOfBatch } from './provider-batches.ts'

/**
 * Asks for the end of a batch. The wish is written down first: where the provider does not hear it now, the next look
 * tells it again. What has been answered by then is paid.
 */
export async function cancelBatch(
  deps: BatchDeps,
  provider: BatchProvider,
  batch: Row<'batches'>,
): Promise<Row<'batches'>> {
  const wished = await deps.db
    .updateTable('batches')
    .set((of) => ({ cancel_requested_at_ms: of.fn.coalesce('cancel_requested_at_ms', of.val(deps.clock.nowMs())) }))
    .where('id', '=', batch.id)
    .where('ended_at_ms', 'is', null)
    .returningAll()
    .executeTakeFirst()
  const key = keyOfBatch(deps, batch)
  if (wished === undefined || wished.upstream_id === null || key === null) return wished ?? batch
  const asked = await provider.cancel(key, wished)
  if (asked.kind !== 'found') return wished
  await deps.db
    .updateTable('batches')
    // Soon over: it is looked at soon.
    .set({ state: 'canceling', next_poll_at_ms: deps.clock.nowMs() + deps.batchLimits.pollMs })
    .where('id', '=', batch.id)
    .where('state', '=', 'in_progress')
    .execute()
  return wished
}
