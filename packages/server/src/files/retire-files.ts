import type { DatabaseTransaction } from '../store/open-database.ts'
import type { FileOwner } from './client-files.ts'

/** Deletes a file for its owner; its bytes stay for a day. @returns false where there is none. Lock the sums first. */
export async function retireFile(
  transaction: DatabaseTransaction,
  owner: FileOwner,
  { fileId, nowMs }: { readonly fileId: string; readonly nowMs: number },
): Promise<boolean> {
  const rows = await transaction
    .updateTable('files')
    .set({ deleted_at_ms: nowMs, content_hash: null })
    .where('id', '=', fileId)
    .where('user_id', '=', owner.userId)
    .where('partner_id', '=', owner.partnerId)
    .where('deleted_at_ms', 'is', null)
    .returning(['size_bytes', 'source_kind'])
    .execute()
  await giveBack(transaction, owner.userId, rows)
  return rows.length > 0
}

/** Retires a user's files that are over. */
export async function retireExpired(transaction: DatabaseTransaction, userId: string, nowMs: number): Promise<number> {
  const rows = await transaction
    .updateTable('files')
    .set((row) => ({ deleted_at_ms: row.ref('expires_at_ms'), content_hash: null }))
    .where('user_id', '=', userId)
    .where('expires_at_ms', '<=', nowMs)
    .where('deleted_at_ms', 'is', null)
    .returning(['size_bytes', 'source_kind'])
    .execute()
  await giveBack(transaction, userId, rows)
  return rows.length
}

interface Retired {
  readonly size_bytes: number
  readonly source_kind: string | null
}

/** A file that is made on demand has taken no room. */
async function giveBack(transaction: DatabaseTransaction, userId: string, rows: readonly Retired[]): Promise<void> {
  const stored = rows.filter((row) => row.source_kind === null)
  if (stored.length === 0) return
  const bytes = stored.reduce((sum, row) => sum + row.size_bytes, 0)
  await transaction
    .updateTable('file_bytes')
    .set((row) => ({ bytes: row('bytes', '-', bytes), files: row('files', '-', stored.length) }))
    .where('user_id', '=', userId)
    .execute()
}
