import { secondMs } from '../kernel/clock.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { type ActingUser, recordOwnAct } from './acting-user.ts'
import type { IssuedKey } from './issue-key.ts'
import { lastFourOf, newSecret } from './key-format.ts'
import type { Pepper } from './pepper.ts'
import { findChangeableKey } from './personal-key.ts'

/**
 * Gives one of the user's own keys a new secret. The old one works on for its grace time; one that was rolled before ends
 * now. Limits, name and what was spent stay.
 * @throws AppError 404 for somebody else's key, 409 for a revoked one and for an app's.
 */
export async function rollKey(
  transaction: DatabaseTransaction,
  roll: { readonly keyId: string; readonly graceSeconds: number; readonly pepper: Pepper; readonly by: ActingUser },
  nowMs: number,
): Promise<IssuedKey> {
  const { keyId, graceSeconds, pepper, by } = roll
  const before = await findChangeableKey(transaction, { keyId, userId: by.userId })
  const secret = newSecret('sk', before.livemode === 1)
  await transaction
    .updateTable('keys')
    .set({
      secret_hash: pepper.hash('secret', secret),
      last_four: lastFourOf(secret),
      previous_secret_hash: before.secret_hash,
      previous_secret_until_ms: nowMs + graceSeconds * secondMs,
    })
    .where('id', '=', keyId)
    .execute()
  const act = { action: 'key.rolled', target: { kind: 'key', id: keyId }, after: { grace_seconds: graceSeconds } }
  await recordOwnAct(transaction, by, act, nowMs)
  return { keyId, secret }
}
