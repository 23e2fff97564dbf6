import type { DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { type ActingUser, recordOwnAct } from './acting-user.ts'
import { columnsOf, type KeyLimitChanges } from './key-limits.ts'
import { findChangeableKey, limitsForLog } from './personal-key.ts'

/**
 * Changes the limits of one of the user's own keys; it holds at every server within two seconds.
 * @throws AppError 404 for somebody else's key, 409 for a revoked one and for an app's.
 */
export async function changeKey(
  transaction: DatabaseTransaction,
  change: { readonly keyId: string; readonly changes: KeyLimitChanges; readonly by: ActingUser },
  nowMs: number,
): Promise<Row<'keys'>> {
  const { keyId, changes, by } = change
  const before = await findChangeableKey(transaction, { keyId, userId: by.userId })
  const columns = {
    ...columnsOf(changes, before),
    ...(changes.name === undefined ? {} : { name: changes.name }),
    ...(changes.rpm === undefined ? {} : { requests_per_minute: changes.rpm }),
  }
  if (Object.keys(columns).length === 0) return before
  const after = await transaction
    .updateTable('keys')
    .set(columns)
    .where('id', '=', keyId)
    .returningAll()
    .executeTakeFirstOrThrow()
  const act = { action: 'key.changed', target: { kind: 'key', id: keyId } }
  await recordOwnAct(transaction, by, { ...act, before: limitsForLog(before), after: limitsForLog(after) }, nowMs)
  return after
}
