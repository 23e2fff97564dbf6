import type { AccountFile, AccountFiles } from '@opencredits/protocol'
import { sql } from 'kysely'
import { createFileKeys } from '../files/file-keys.ts'
import { describe, nameOf } from '../files/file-row.ts'
import { isFileId } from '../files/file-store.ts'
import { unsealText } from '../files/seal-bytes.ts'
import { type ListCursor, pageOf } from '../lists/cursor.ts'
import { secondsOf } from '../lists/formats.ts'
import type { AccountDeps } from './account-deps.ts'

interface FilePage {
  readonly after: ListCursor | null
  readonly limit: number
}

type FileListDeps = Pick<AccountDeps, 'db' | 'clock' | 'pepper' | 'userFileBytesMax'>

/** What is kept for a user, whichever app's programs have brought it. */
export function createFileList(deps: FileListDeps) {
  const { db } = deps
  const keys = createFileKeys(deps)
  const describeRow = async (row: FileRow): Promise<AccountFile> => {
    const key = await keys.byId(row.key_id)
    const file = describe(row, key === null ? null : unsealText(key, nameOf(row), row.filename))
    return {
      id: file.id,
      filename: file.filename,
      mime_type: file.mimeType,
      size_bytes: file.sizeBytes,
      app: { id: row.partner_id, name: row.app_name },
      created_at: secondsOf(file.createdAtMs),
      uses: row.uses,
      last_used_at: secondsOf(row.last_used_at_ms),
      expires_at: secondsOf(file.expiresAtMs),
    }
  }
  return {
    async read(userId: string, { after, limit }: FilePage): Promise<AccountFiles> {
      const rows = await filesOf(deps, userId)
        .$if(after !== null, (query) =>
          query.where(sql<boolean>`(files.created_at_ms, files.id) < (${after?.atMs}, ${after?.id})`),
        )
        .limit(limit + 1)
        .execute()
      const { data, ...page } = pageOf(rows, limit, {
        cursor: (row) => ({ atMs: row.created_at_ms, id: row.id }),
        entry: describeRow,
      })
      // What the limit counts: a file that has just expired is in it until it is cleared away.
      const sum = await db.selectFrom('file_bytes').select('bytes').where('user_id', '=', userId).executeTakeFirst()
      return {
        ...page,
        data: await Promise.all(data),
        stored_bytes: sum?.bytes ?? 0,
        stored_bytes_max: deps.userFileBytesMax,
      }
    },
    /** @returns null for a file that is nobody's, another user's, deleted or over. */
    async appOf(userId: string, fileId: string): Promise<string | null> {
      if (!isFileId(fileId)) return null
      const row = await filesOf(deps, userId).where('files.id', '=', fileId).executeTakeFirst()
      return row?.partner_id ?? null
    },
  }
}

type FileRow = Awaited<ReturnType<ReturnType<typeof filesOf>['execute']>>[number]

function filesOf({ db, clock }: FileListDeps, userId: string) {
  return db
    .selectFrom('files')
    .innerJoin('partners', 'partners.id', 'files.partner_id')
    .selectAll('files')
    .select('partners.name as app_name')
    .where('files.user_id', '=', userId)
    .where('files.deleted_at_ms', 'is', null)
    .where((where) =>
      where.or([where('files.expires_at_ms', 'is', null), where('files.expires_at_ms', '>', clock.nowMs())]),
    )
    .orderBy('files.created_at_ms', 'desc')
    .orderBy('files.id', 'desc')
}
