import { recordAct } from '../audit-log/record-act.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { PartnerKeyActor } from './issue-partner-key.ts'
import { lockOwnPartnerKey, type OwnPartnerKey } from './own-partner-key.ts'

/**
 * Ends a restricted key at once, with the secret that it had before a roll. Revoking it twice keeps the first time.
 * @returns whether it was revoked before.
 * @throws AppError 404 for another partner's key.
 */
export async function revokePartnerKey(
  transaction: DatabaseTransaction,
  revocation: OwnPartnerKey & { readonly by: PartnerKeyActor },
  nowMs: number,
): Promise<boolean> {
  const { keyId, partnerId, by } = revocation
  const before = await lockOwnPartnerKey(transaction, revocation)
  if (before.revoked_at_ms !== null) return true
  await transaction.updateTable('partner_keys').set({ revoked_at_ms: nowMs }).where('id', '=', keyId).execute()
  const act = { action: 'partner_key.revoked', target: { kind: 'partner_key', id: keyId } }
  await recordAct(transaction, { ...by, ...act, userId: null, partnerId, after: { partner_id: partnerId } }, nowMs)
  return false
}
