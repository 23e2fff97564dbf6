import type { Database } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

/*
 * What a look at a batch writes down. A look may outlive its lease, while another server looks, settles or a user erases:
 * each statement compares the row with what the look has read, and changes nothing where it is no longer so.
 */

/**
 * Remembers that the provider has ended the batch.
 * @returns the row; null where somebody has changed it since it was read: the next look comes soon.
 */
export async function noteEnd(
  db: Database,
  batch: Row<'batches'>,
  end: { readonly details: string; readonly endedAtMs: number; readonly upstreamEnd: string },
): Promise<Row<'batches'> | null> {
  const row = await db
    .updateTable('batches')
    .set({ state: 'ended', ended_at_ms: end.endedAtMs, upstream_end: end.upstreamEnd, details: end.details })
    .where('id', '=', batch.id)
    .where('ended_at_ms', 'is', null)
    // An erased user's words must not come back with the rest of the details.
    .where('details', '=', batch.details)
    .returningAll()
    .executeTakeFirst()
  return row ?? null
}

/** No key reaches the batch any more. @returns whether this look is the first to find that. */
export async function noteStranded(db: Database, batch: Row<'batches'>): Promise<boolean> {
  if (batch.state === 'stranded') return false
  const changed = await db
    .updateTable('batches')
    .set({ state: 'stranded' })
    .where('id', '=', batch.id)
    .where('state', '=', batch.state)
    .where('settled_at_ms', 'is', null)
    .executeTakeFirst()
  return changed.numUpdatedRows > 0n
}

/** The results of a stranded batch are reached again. */
export async function noteFound(db: Database, batch: Row<'batches'>): Promise<void> {
  await db
    .updateTable('batches')
    .set({ state: 'ended' })
    .where('id', '=', batch.id)
    .where('state', '=', 'stranded')
    .execute()
}

/** There are no results any more. */
export async function noteGivenUp(db: Database, batch: Row<'batches'>, nowMs: number): Promise<void> {
  await db
    .updateTable('batches')
    .set((of) => ({ state: 'ended', ended_at_ms: of.fn.coalesce('ended_at_ms', of.val(nowMs)) }))
    .where('id', '=', batch.id)
    .where('settled_at_ms', 'is', null)
    .execute()
}
