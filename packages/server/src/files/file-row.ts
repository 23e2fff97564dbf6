import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import type { ClientFile, FileOwner } from './client-files.ts'
import { isFileId } from './file-store.ts'

/** An owner's file that was not deleted. It may be over. */
export async function findRow(db: DatabaseReader, owner: FileOwner, fileId: string): Promise<Row<'files'> | undefined> {
  if (!isFileId(fileId)) return undefined
  return db
    .selectFrom('files')
    .selectAll()
    .where('id', '=', fileId)
    .where('user_id', '=', owner.userId)
    .where('partner_id', '=', owner.partnerId)
    .where('deleted_at_ms', 'is', null)
    .executeTakeFirst()
}

/** @param filename null where it does not open: then the bytes will not either. */
export function describe(row: Row<'files'>, filename: string | null): ClientFile {
  return {
    id: row.id,
    filename: filename ?? 'unreadable',
    mimeType: row.mime_type,
    sizeBytes: row.size_bytes,
    purpose: row.purpose,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
  }
}

/** Where a file's name is sealed. */
export function nameOf({ id }: Pick<Row<'files'>, 'id'>): string {
  return `${id} name`
}
