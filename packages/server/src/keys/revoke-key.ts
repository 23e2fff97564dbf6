import type { Database, DatabaseTransaction } from '../store/open-database.ts'

/** A revoked key never works again. Revoking it twice keeps the first time. */
export async function revokeKey(db: Database, keyId: string, nowMs: number): Promise<void> {
  await db
    .updateTable('keys')
    .set({ revoked_at_ms: nowMs })
    .where('id', '=', keyId)
    .where('revoked_at_ms', 'is', null)
    .execute()
}

/** The emergency stop: every key of this user but one. @returns how many were revoked. */
export async function revokeAllKeys(
  db: Database,
  userId: string,
  exceptKeyId: string | null,
  nowMs: number,
): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('keys')
    .set({ revoked_at_ms: nowMs })
    .where('user_id', '=', userId)
    .where('revoked_at_ms', 'is', null)
    .$if(exceptKeyId !== null, (query) => query.where('id', '!=', exceptKeyId ?? ''))
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

/** Ends the keys of a user, or those that one app has, without a word in the log: its caller writes down why. */
export async function endKeys(
  transaction: DatabaseTransaction,
  of: { readonly userId: string; readonly partnerId?: string },
  nowMs: number,
): Promise<number> {
  const { partnerId } = of
  const { numUpdatedRows } = await transaction
    .updateTable('keys')
    .set({ revoked_at_ms: nowMs })
    .where('user_id', '=', of.userId)
    .where('revoked_at_ms', 'is', null)
    .$if(partnerId !== undefined, (query) => query.where('partner_id', '=', partnerId ?? ''))
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}
