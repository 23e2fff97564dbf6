import type { Database } from '../store/open-database.ts'

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
