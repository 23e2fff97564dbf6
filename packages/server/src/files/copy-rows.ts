import type { Database } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

export interface CopyPlace {
  readonly fileId: string
  readonly keyHash: string
}

/** How long a server may take to upload a file before another one tries. */
const claimMs = 120_000

/** @returns the provider's id of a copy that is there until `untilMs` at least. */
export async function findCopy(db: Database, place: CopyPlace, untilMs: number): Promise<string | null> {
  const row = await db
    .selectFrom('file_copies')
    .select('provider_file_id')
    .where('file_id', '=', place.fileId)
    .where('key_hash', '=', place.keyHash)
    .where('expires_at_ms', '>', untilMs)
    .executeTakeFirst()
  return row?.provider_file_id ?? null
}

/**
 * Claims the making of a copy, where none is there until `untilMs` and nobody else is making it. One statement, so one of
 * many servers wins.
 */
export async function claimCopy(
  db: Database,
  { fileId, keyHash }: CopyPlace,
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
): Promise<boolean> {
  const claim = { provider_file_id: null, claimed_until_ms: nowMs + claimMs, expires_at_ms: nowMs }
  const claimed = await db
    .insertInto('file_copies')
    .values({ file_id: fileId, key_hash: keyHash, provider: 'anthropic', ...claim })
    .onConflict((conflict) =>
      conflict
        .columns(['file_id', 'key_hash'])
        .doUpdateSet(claim)
        .where('file_copies.expires_at_ms', '<=', untilMs)
        .where('file_copies.claimed_until_ms', '<=', nowMs),
    )
    .returning('file_id')
    .executeTakeFirst()
  return claimed !== undefined
}

/** Where the file was deleted meanwhile, the copy is needless from the start. */
export async function noteCopy(
  db: Database,
  { fileId, keyHash }: CopyPlace,
  copy: { readonly providerFileId: string; readonly expiresAtMs: number },
): Promise<void> {
  await db
    .updateTable('file_copies')
    .set({ provider_file_id: copy.providerFileId, expires_at_ms: copy.expiresAtMs, claimed_until_ms: 0 })
    .where('file_id', '=', fileId)
    .where('key_hash', '=', keyHash)
    .execute()
}

/** What could not be uploaded may be tried again at once. */
export async function giveUpCopy(db: Database, { fileId, keyHash }: CopyPlace): Promise<void> {
  await db
    .updateTable('file_copies')
    .set({ claimed_until_ms: 0 })
    .where('file_id', '=', fileId)
    .where('key_hash', '=', keyHash)
    .where('provider_file_id', 'is', null)
    .execute()
}

/** Copies of files that were deleted, and those that the provider has let expire. */
export function findNeedlessCopies(db: Database, nowMs: number): Promise<readonly Row<'file_copies'>[]> {
  return db
    .selectFrom('file_copies')
    .leftJoin('files', 'files.id', 'file_copies.file_id')
    .selectAll('file_copies')
    .where((where) =>
      where.or([
        where('files.id', 'is', null),
        where('files.deleted_at_ms', 'is not', null),
        where('file_copies.expires_at_ms', '<=', nowMs),
      ]),
    )
    .where('claimed_until_ms', '<=', nowMs)
    .limit(500)
    .execute()
}

export async function forgetCopy(db: Database, { fileId, keyHash }: CopyPlace): Promise<void> {
  await db.deleteFrom('file_copies').where('file_id', '=', fileId).where('key_hash', '=', keyHash).execute()
}
