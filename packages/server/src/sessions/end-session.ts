import type { DatabaseTransaction } from '../store/open-database.ts'

/**
 * Ends one session of a user. @returns false when this user has no such live session.
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
  return numUpdatedRows > 0n
}
