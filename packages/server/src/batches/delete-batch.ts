import { AppError } from '../kernel/app-error.ts'
import type { Row } from '../store/schema.ts'
import { transact } from '../store/transact.ts'
import type { BatchDeps } from './batch-deps.ts'
import { type BatchProvider, keyOfBatch } from './provider-batches.ts'

/**
 * Deletes a settled batch: its results at the provider, and what its client called its requests. What it cost stays, in
 * its row and in those of its requests.
 * @throws AppError 502 where the provider cannot be asked to.
 */
export async function deleteBatch(deps: BatchDeps, provider: BatchProvider, batch: Row<'batches'>): Promise<void> {
  const key = keyOfBatch(deps, batch)
  if (key !== null && batch.upstream_id !== null) {
    const { kind } = await provider.delete(key, batch)
    // Nobody reaches what is behind a key that is gone; its provider deletes it in time.
    if (kind === 'unknown' || kind === 'refused')
      throw new AppError('upstream_error', 'The AI provider did not delete the batch. Try again.')
  }
  await transact(deps.db, async (transaction) => {
    await transaction
      .updateTable('batches')
      .set({ deleted_at_ms: deps.clock.nowMs() })
      .where('id', '=', batch.id)
      .where('settled_at_ms', 'is not', null)
      .execute()
    await transaction.deleteFrom('batch_items').where('batch_id', '=', batch.id).execute()
  })
}
