import { recordAct } from '../audit-log/record-act.ts'
import { AppError } from '../kernel/app-error.ts'
import { secondMs } from '../kernel/clock.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { IssuedKey } from './issue-key.ts'
import type { PartnerKeyActor } from './issue-partner-key.ts'
import { lastFourOf, newSecret } from './key-format.ts'
import { lockOwnPartnerKey, type OwnPartnerKey } from './own-partner-key.ts'
import type { Pepper } from './pepper.ts'
import { readWorldNowAt } from './world-time.ts'

export const graceSecondsMax = 86_400

/**
 * Gives a restricted key a new secret. The old one works on for its grace time; one that was rolled before ends now.
 * Scopes and end stay.
 * @throws AppError 404 for another partner's key, 409 for one that has ended.
 */
export async function rollPartnerKey(
  transaction: DatabaseTransaction,
  roll: OwnPartnerKey & { readonly graceSeconds: number; readonly pepper: Pepper; readonly by: PartnerKeyActor },
  nowMs: number,
): Promise<IssuedKey> {
  const { keyId, graceSeconds, pepper, by } = roll
  const before = await lockOwnPartnerKey(transaction, roll)
  const worldMs = await readWorldNowAt(transaction, before, nowMs)
  if (before.revoked_at_ms !== null) throw new AppError('conflict', `${keyId} is revoked. Make a new key.`)
  if (before.expires_at_ms !== null && before.expires_at_ms <= worldMs)
    throw new AppError('conflict', `${keyId} has expired. Make a new key.`)
  const secret = newSecret('rk', before.livemode === 1)
  await transaction
    .updateTable('partner_keys')
    .set({
      secret_hash: pepper.hash('secret', secret),
      last_four: lastFourOf(secret),
      previous_secret_hash: graceSeconds === 0 ? null : before.secret_hash,
      previous_secret_until_ms: graceSeconds === 0 ? null : worldMs + graceSeconds * secondMs,
    })
    .where('id', '=', keyId)
    .execute()
  const after = { partner_id: before.partner_id, grace_seconds: graceSeconds }
  const target = { kind: 'partner_key', id: keyId }
  const act = { action: 'partner_key.rolled', target, userId: null, partnerId: before.partner_id, after }
  await recordAct(transaction, { ...by, ...act }, nowMs)
  return { keyId, secret }
}
