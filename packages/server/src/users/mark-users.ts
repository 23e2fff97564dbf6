import { sql } from 'kysely'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { type Session, statement } from '../store/statement.ts'
import { findUser } from './find-user.ts'

/** A call that cost more than its hold. */
export interface MissedCeiling {
  readonly userId: string
  readonly requestId: string
  readonly atMs: number
}

/**
 * Marks users in the step that settles their calls: their next calls are held at the full context window, until an
 * operator clears the mark. A mark keeps the time and the request of the first such call.
 */
export async function markUsers(session: Session, missed: readonly MissedCeiling[]): Promise<void> {
  const first = new Map<string, MissedCeiling>()
  for (const one of missed) if (!first.has(one.userId)) first.set(one.userId, one)
  const asked = [...first.values()].map(({ userId, requestId, atMs }) => ({
    ...{ user_id: userId, request_id: requestId, at_ms: atMs },
  }))
  // Sorted, so that two steps cannot deadlock.
  await mark.run(
    session,
    asked.sort((one, other) => (one.user_id < other.user_id ? -1 : 1)),
  )
}

/** Writes the row even if the mark is set: the row lock orders this call before or after a concurrent `clearMark`. */
const mark = statement<{ user_id: string; request_id: string; at_ms: number }>(
  { user_id: 'text', request_id: 'text', at_ms: 'bigint' },
  ({ asked, from }) =>
    `update users set marked_at_ms = coalesce(users.marked_at_ms, ${asked.at_ms}),
       marked_by_request_id = case when users.marked_at_ms is null then ${asked.request_id} else users.marked_by_request_id end
     ${from} where users.id = ${asked.user_id}`,
)

/** Moves a guest's mark, and the time when it was last cleared, to the account into which the guest is merged. */
export async function moveMark(
  transaction: DatabaseTransaction,
  move: { readonly fromUserId: string; readonly toUserId: string },
): Promise<void> {
  const from = await findUser(transaction, move.fromUserId)
  if (from === null || (from.marked_at_ms === null && from.mark_cleared_at_ms === null)) return
  const clearedAtMs = from.mark_cleared_at_ms ?? 0
  await transaction
    .updateTable('users')
    .set({
      marked_at_ms: sql`coalesce(marked_at_ms, ${from.marked_at_ms})`,
      marked_by_request_id: sql`case when marked_at_ms is null then ${from.marked_by_request_id} else marked_by_request_id end`,
      mark_cleared_at_ms: sql`case when coalesce(mark_cleared_at_ms, 0) < ${clearedAtMs} then ${clearedAtMs} else mark_cleared_at_ms end`,
    })
    .where('id', '=', move.toUserId)
    .execute()
  await transaction
    .updateTable('users')
    .set({ marked_at_ms: null, marked_by_request_id: null })
    .where('id', '=', move.fromUserId)
    .execute()
}
