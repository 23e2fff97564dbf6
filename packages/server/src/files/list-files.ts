import { sql } from 'kysely'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import type { FileOwner } from './client-files.ts'

/** A place in the list: of two files of one millisecond the id decides. */
export interface FileCursor {
  readonly createdAtMs: number
  readonly id: string
}

export interface FileQuery {
  readonly limit: number
  readonly order: 'newest_first' | 'oldest_first'
  /** What comes next in this order. */
  readonly after?: FileCursor | undefined
  /** What comes right before it. */
  readonly before?: FileCursor | undefined
  readonly purpose?: string | undefined
  readonly ids?: readonly string[] | undefined
}

export interface FileRows {
  readonly rows: readonly Row<'files'>[]
  /** In the direction in which it was asked for. */
  readonly hasMore: boolean
}

/** One page of an owner's files that can be used. */
export async function listFileRows(
  db: DatabaseReader,
  owner: FileOwner,
  query: FileQuery & { readonly nowMs: number },
): Promise<FileRows> {
  const { after, before } = query
  const isBackwards = before !== undefined && after === undefined
  const isDescending = (query.order === 'newest_first') !== isBackwards
  const cursor = after ?? before
  let rows = db
    .selectFrom('files')
    .selectAll()
    .where('user_id', '=', owner.userId)
    .where('partner_id', '=', owner.partnerId)
    .where('deleted_at_ms', 'is', null)
    .where((where) => where.or([where('expires_at_ms', 'is', null), where('expires_at_ms', '>', query.nowMs)]))
    .orderBy('created_at_ms', isDescending ? 'desc' : 'asc')
    .orderBy('id', isDescending ? 'desc' : 'asc')
    .limit(query.limit + 1)
  if (cursor !== undefined)
    rows = rows.where(
      isDescending
        ? sql<boolean>`(created_at_ms, id) < (${cursor.createdAtMs}, ${cursor.id})`
        : sql<boolean>`(created_at_ms, id) > (${cursor.createdAtMs}, ${cursor.id})`,
    )
  if (query.purpose !== undefined) rows = rows.where('purpose', '=', query.purpose)
  if (query.ids?.length === 0) return { rows: [], hasMore: false }
  if (query.ids !== undefined) rows = rows.where('id', 'in', query.ids)
  const found = await rows.execute()
  const page = found.slice(0, query.limit)
  return { rows: isBackwards ? page.toReversed() : page, hasMore: found.length > query.limit }
}

/** Where a file stands in its owner's list, a deleted one too: who deletes what is listed goes on from it. */
export async function cursorOf(db: DatabaseReader, owner: FileOwner, fileId: string): Promise<FileCursor | null> {
  const row = await db
    .selectFrom('files')
    .select(['id', 'created_at_ms'])
    .where('id', '=', fileId)
    .where('user_id', '=', owner.userId)
    .where('partner_id', '=', owner.partnerId)
    .executeTakeFirst()
  return row === undefined ? null : { createdAtMs: row.created_at_ms, id: row.id }
}
