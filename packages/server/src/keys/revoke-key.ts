import type { DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { recordEvent } from '../webhook-events/record-event.ts'
import { type ActingUser, recordOwnAct } from './acting-user.ts'
import { findOwnKey } from './personal-key.ts'

/**
 * Ends one of the user's keys, an app's too. A revoked key never works again; revoking it twice keeps the first time.
 * @throws AppError 404 for somebody else's key.
 */
export async function revokeKey(
  transaction: DatabaseTransaction,
  revocation: { readonly keyId: string; readonly by: ActingUser },
  nowMs: number,
): Promise<void> {
  const { keyId, by } = revocation
  await findOwnKey(transaction, { keyId, userId: by.userId })
  const ended = await transaction
    .updateTable('keys')
    .set({ revoked_at_ms: nowMs })
    .where('id', '=', keyId)
    .where('revoked_at_ms', 'is', null)
    .returning(['id', 'user_id', 'partner_id'])
    .execute()
  if (ended.length === 0) return
  await tellPartners(transaction, ended, nowMs)
  await recordOwnAct(transaction, by, { action: 'key.revoked', target: { kind: 'key', id: keyId } }, nowMs)
}

/** The emergency stop: ends every key of the user, the apps' too. @returns how many ended. */
export async function revokeAllKeys(
  transaction: DatabaseTransaction,
  { by }: { readonly by: ActingUser },
  nowMs: number,
): Promise<number> {
  const revoked = await endKeys(transaction, { userId: by.userId }, nowMs)
  const act = { action: 'key.all_revoked', target: { kind: 'user', id: by.userId }, after: { revoked } }
  await recordOwnAct(transaction, by, act, nowMs)
  return revoked
}

/** Ends the keys of a user, or those that one app has, or got in one sign-in. The log is its caller's to write: it knows why. */
export async function endKeys(
  transaction: DatabaseTransaction,
  of: { readonly userId: string; readonly partnerId?: string; readonly sessionId?: string },
  nowMs: number,
): Promise<number> {
  const { partnerId, sessionId } = of
  const ended = await transaction
    .updateTable('keys')
    .set({ revoked_at_ms: nowMs })
    .where('user_id', '=', of.userId)
    .where('revoked_at_ms', 'is', null)
    .$if(partnerId !== undefined, (query) => query.where('partner_id', '=', partnerId ?? ''))
    .$if(sessionId !== undefined, (query) => query.where('session_id', '=', sessionId ?? ''))
    .returning(['id', 'user_id', 'partner_id'])
    .execute()
  await tellPartners(transaction, ended, nowMs)
  return ended.length
}

type EndedKey = Pick<Row<'keys'>, 'id' | 'user_id' | 'partner_id'>

async function tellPartners(
  transaction: DatabaseTransaction,
  ended: readonly EndedKey[],
  nowMs: number,
): Promise<void> {
  for (const { id, user_id: userId, partner_id: partnerId } of ended) {
    const event = { type: 'key.revoked', partnerId, userId, cause: id, data: { key_id: id } } as const
    await recordEvent(transaction, event, nowMs)
  }
}
