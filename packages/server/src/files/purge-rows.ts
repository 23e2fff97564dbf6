import type { Database, DatabaseTransaction } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { lockBytes } from './add-file-row.ts'
import { retireExpired } from './retire-files.ts'

/** Small, so that nobody waits for it. */
const batch = 200

/** Retires files that are over, of a few users. @returns how many; 0 when none is left. */
export async function retireOverdue(db: Database, nowMs: number): Promise<number> {
  const users = await db
    .selectFrom('files')
    .select('user_id')
    .distinct()
    .where('expires_at_ms', '<=', nowMs)
    .where('deleted_at_ms', 'is', null)
    .limit(batch)
    .execute()
  let retired = 0
  for (const { user_id: userId } of users)
    retired += await transact(db, async (transaction) => {
      await lockBytes(transaction, userId)
      return retireExpired(transaction, userId, nowMs)
    })
  return retired
}

/** Files whose bytes may go. */
export async function findPurgeable(db: Database, deletedBeforeMs: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('files')
    .select('id')
    .where('deleted_at_ms', '<=', deletedBeforeMs)
    .orderBy('deleted_at_ms')
    .limit(batch)
    .execute()
  return rows.map(({ id }) => id)
}

/** Forgets a file whose bytes are gone, and counts them out. */
export async function forgetRow(db: Database, fileId: string): Promise<void> {
  await transact(db, async (transaction) => {
    const [row] = await transaction
      .deleteFrom('files')
      .where('id', '=', fileId)
      .where('deleted_at_ms', 'is not', null)
      .returning(['user_id', 'size_bytes', 'source_kind'])
      .execute()
    if (row === undefined || row.source_kind !== null) return
    await transaction
      .updateTable('file_bytes')
      .set((sums) => ({ stored_bytes: sums('stored_bytes', '-', row.size_bytes) }))
      .where('user_id', '=', row.user_id)
      .execute()
  })
}

/** Of these ids, those that no row has. */
export async function findUnknown(db: Database, fileIds: readonly string[]): Promise<readonly string[]> {
  if (fileIds.length === 0) return []
  const rows = await db.selectFrom('files').select('id').where('id', 'in', fileIds).execute()
  const known = new Set(rows.map(({ id }) => id))
  return fileIds.filter((id) => !known.has(id))
}

/**
 * Forgets an erased user's files. Without their key nobody can read the bytes from now on; the job takes them away at its
 * next turn.
 */
export async function eraseFiles(transaction: DatabaseTransaction, userId: string, purgeFromMs: number): Promise<void> {
  await lockBytes(transaction, userId)
  await transaction.deleteFrom('file_keys').where('user_id', '=', userId).execute()
  await transaction
    .updateTable('files')
    .set({ filename: '', content_hash: null, deleted_at_ms: purgeFromMs })
    .where('user_id', '=', userId)
    .execute()
  await transaction.updateTable('file_bytes').set({ bytes: 0, files: 0 }).where('user_id', '=', userId).execute()
}
