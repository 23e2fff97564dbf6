import { endKeys } from '../keys/revoke-key.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'

/**
 * Ends one session of a user, and the keys that apps got in it. @returns false when this user has no such live session.
 */
export async function endSession(
  transaction: DatabaseTransaction,
  session: { readonly id: string; readonly userId: string },
  nowMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable('sessions')
    .set({ ended_at_ms: nowMs })
    .where('id', '=', session.id)
    .where('user_id', '=', session.userId)
    .where('ended_at_ms', 'is', null)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) return false
  await endKeys(transaction, { userId: session.userId, sessionId: session.id }, nowMs)
  return true
}
