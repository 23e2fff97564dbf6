import { sql } from 'kysely'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { type Session, statement } from '../store/statement.ts'
import { findUser } from './find-user.ts'

/** A call that came to more than was held for it. */
export interface MissedCeiling {
  readonly userId: string
  readonly requestId: string
  readonly atMs: number
}

/**
 * Marks users: from then on their calls are held at the full context window, until an operator clears the mark. The first
 * call that missed stays the one that is named. Part of the step that settles the call.
 */
export async function markUsers(session: Session, missed: readonly MissedCeiling[]): Promise<void> {
  const first = new Map<string, MissedCeiling>()
  for (const one of missed) if (!first.has(one.userId)) first.set(one.userId, one)
  const asked = [...first.values()].map(({ userId, requestId, atMs }) => ({
    ...{ user_id: userId, request_id: requestId, at_ms: atMs },
  }))
  // In one order everywhere, so that two steps do not wait for each other in a circle.
  await mark.run(
    session,
    asked.sort((one, other) => (one.user_id < other.user_id ? -1 : 1)),
  )
}

/** It writes the row also where the mark is set: who clears it at the same time comes before or after this call. */
const mark = statement<{ user_id: string; request_id: string; at_ms: number }>(
  { user_id: 'text', request_id: 'text', at_ms: 'bigint' },
  ({ asked, from }) =>
    `update users set marked_at_ms = coalesce(users.marked_at_ms, ${asked.at_ms}),
       marked_by_request_id = case when users.marked_at_ms is null then ${asked.request_id} else users.marked_by_request_id end
     ${from} where users.id = ${asked.user_id}`,
)

/** What a guest did, the account did that it is merged into: the mark goes along, and so does when it was cleared. */
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
