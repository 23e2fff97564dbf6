import type { AppError } from '../kernel/app-error.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { NewRow, Row } from '../store/schema.ts'
import { deletedStillStored, ownerGone, quotaExceeded, tooManyFiles } from './file-refusals.ts'
import { retireExpired } from './retire-files.ts'

export interface FileLimits {
  readonly userBytesMax: number
  readonly userFilesMax: number
}

type NewFile = NewRow<'files'> & { readonly size_bytes: number }

interface Addition {
  readonly limits: FileLimits
  readonly nowMs: number
}

/**
 * Finds the file that has the same bytes, before anything is written.
 * @returns null where there is none, and room for a new one.
 * @throws AppError 400 `storage_quota_exceeded`.
 */
export async function reuseFileRow(
  transaction: DatabaseTransaction,
  file: NewFile,
  { limits, nowMs }: Addition,
): Promise<Row<'files'> | null> {
  await lockBytes(transaction, file.user_id)
  await refuseIfGone(transaction, file)
  const same = await findSame(transaction, file)
  if (same !== undefined && isLive(same, nowMs)) return keepLonger(transaction, same, file.expires_at_ms ?? null)
  if ((await refusalOf(transaction, file, limits)) === null) return null
  await retireExpired(transaction, file.user_id, nowMs)
  const refusal = await refusalOf(transaction, file, limits)
  if (refusal !== null) throw refusal
  return null
}

/**
 * Adds a file, or finds the one that has the same bytes. All that changes what a user has locks the row of its sums first,
 * so the limits hold however many uploads there are at once.
 * @returns the row of the file; with another id where the same bytes came at the same time.
 * @throws AppError 400 `storage_quota_exceeded`.
 */
export async function addFileRow(
  transaction: DatabaseTransaction,
  file: NewFile,
  { limits, nowMs }: Addition,
): Promise<Row<'files'>> {
  await lockBytes(transaction, file.user_id)
  await refuseIfGone(transaction, file)
  const same = await findSame(transaction, file)
  if (same !== undefined && isLive(same, nowMs)) return keepLonger(transaction, same, file.expires_at_ms ?? null)
  if (same !== undefined || !(await takeRoom(transaction, file, limits))) {
    await retireExpired(transaction, file.user_id, nowMs)
    if (!(await takeRoom(transaction, file, limits)))
      throw (await refusalOf(transaction, file, limits)) ?? deletedStillStored()
  }
  return transaction.insertInto('files').values(file).returningAll().executeTakeFirstOrThrow()
}

/** A file that is over takes room until somebody looks. */
export function isLive(row: Pick<Row<'files'>, 'expires_at_ms'>, nowMs: number): boolean {
  return row.expires_at_ms === null || row.expires_at_ms > nowMs
}

export async function lockBytes(transaction: DatabaseTransaction, userId: string): Promise<void> {
  await transaction
    .insertInto('file_bytes')
    .values({ user_id: userId, bytes: 0, files: 0, stored_bytes: 0 })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet((row) => ({ files: row.ref('file_bytes.files') })))
    .execute()
}

/** A key that another server has ended may live on here for two seconds. */
export async function refuseIfGone(
  transaction: DatabaseTransaction,
  file: Pick<NewFile, 'user_id' | 'key_id'>,
): Promise<void> {
  const user = await transaction
    .selectFrom('users')
    .innerJoin('file_keys', (join) => join.on('file_keys.id', '=', file.key_id))
    .select('users.id')
    .where('users.id', '=', file.user_id)
    .where('users.deleted_at_ms', 'is', null)
    .where('users.merged_into_user_id', 'is', null)
    .executeTakeFirst()
  if (user === undefined) throw ownerGone()
}

function findSame(transaction: DatabaseTransaction, file: NewFile): Promise<Row<'files'> | undefined> {
  return transaction
    .selectFrom('files')
    .selectAll()
    .where('user_id', '=', file.user_id)
    .where('partner_id', '=', file.partner_id)
    .where('content_hash', '=', file.content_hash ?? null)
    .executeTakeFirst()
}

/** Both uploads have the same id, so it lives as long as either was to live. */
async function keepLonger(
  transaction: DatabaseTransaction,
  row: Row<'files'>,
  expiresAtMs: number | null,
): Promise<Row<'files'>> {
  const isLongEnough = row.expires_at_ms === null || (expiresAtMs !== null && expiresAtMs <= row.expires_at_ms)
  if (isLongEnough) return row
  await transaction.updateTable('files').set({ expires_at_ms: expiresAtMs }).where('id', '=', row.id).execute()
  return { ...row, expires_at_ms: expiresAtMs }
}

async function takeRoom(transaction: DatabaseTransaction, file: NewFile, limits: FileLimits): Promise<boolean> {
  const { size_bytes: sizeBytes } = file
  const { numUpdatedRows } = await transaction
    .updateTable('file_bytes')
    .set((row) => ({
      bytes: row('bytes', '+', sizeBytes),
      files: row('files', '+', 1),
      stored_bytes: row('stored_bytes', '+', sizeBytes),
    }))
    .where('user_id', '=', file.user_id)
    .where('bytes', '<=', limits.userBytesMax - sizeBytes)
    .where('stored_bytes', '<=', storedBytesMax(limits) - sizeBytes)
    .where('files', '<', limits.userFilesMax)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** Deleted files stay a day: who uploads and deletes again and again must not fill the disk. */
function storedBytesMax({ userBytesMax }: FileLimits): number {
  return 2 * userBytesMax
}

/** Why there is no room; null where there is. */
async function refusalOf(
  transaction: DatabaseTransaction,
  { user_id: userId, size_bytes: sizeBytes }: NewFile,
  limits: FileLimits,
): Promise<AppError | null> {
  const sums = await transaction
    .selectFrom('file_bytes')
    .selectAll()
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  if (sums.files >= limits.userFilesMax) return tooManyFiles(limits.userFilesMax)
  if (sums.bytes + sizeBytes > limits.userBytesMax) return quotaExceeded(limits.userBytesMax)
  return sums.stored_bytes + sizeBytes > storedBytesMax(limits) ? deletedStillStored() : null
}
