import type { AccountBatch } from '@opencredits/protocol'
import { sql } from 'kysely'
import type { ListCursor } from '../lists/cursor.ts'
import { creditsOf, secondsOf } from '../lists/formats.ts'
import type { DatabaseReader } from '../store/open-database.ts'

/** A user's batches in all apps, the newest first, and those of the guests that they were. */
export function batchesQuery(db: DatabaseReader, userId: string) {
  return db
    .selectFrom('batches')
    .innerJoin('partners', 'partners.id', 'batches.partner_id')
    .selectAll('batches')
    .select('partners.name as app_name')
    .select((from) =>
      from
        .selectFrom('hold_parts')
        .select(sql<number>`cast(coalesce(sum(amount_microcredits), 0) as bigint)`.as('held'))
        .where('hold_parts.hold_id', '=', sql<string>`'batch:' || batches.id`)
        .as('held'),
    )
    .where('batches.deleted_at_ms', 'is', null)
    .where('batches.state', '!=', 'refused')
    .where((where) =>
      where.or([
        where('batches.user_id', '=', userId),
        where(
          'batches.user_id',
          'in',
          where.selectFrom('users').select('users.id').where('users.merged_into_user_id', '=', userId),
        ),
      ]),
    )
    .orderBy('batches.created_at_ms', 'desc')
    .orderBy('batches.id', 'desc')
}

export function afterBatch(query: ReturnType<typeof batchesQuery>, { atMs, id }: ListCursor) {
  return query.where(sql<boolean>`(batches.created_at_ms, batches.id) < (${atMs}, ${id})`)
}

type BatchEntry = Awaited<ReturnType<ReturnType<typeof batchesQuery>['execute']>>[number]

export function describeBatch(row: BatchEntry): AccountBatch {
  return {
    id: row.id,
    app: { id: row.partner_id, name: row.app_name },
    status: statusOf(row),
    requests: row.items,
    succeeded: row.succeeded,
    errored: row.errored,
    canceled: row.canceled,
    // What the provider's results do not mention was never answered.
    expired: row.expired + row.missing,
    charge: creditsOf(row.charge_microcredits),
    held: creditsOf(row.held ?? 0),
    created_at: secondsOf(row.created_at_ms),
    ended_at: secondsOf(row.ended_at_ms),
  }
}

function statusOf(row: BatchEntry): AccountBatch['status'] {
  if (row.settled_at_ms !== null) return 'ended'
  if (row.state === 'stranded') return 'unreachable'
  if (row.ended_at_ms !== null) return 'settling'
  return row.cancel_requested_at_ms === null ? 'running' : 'canceling'
}
