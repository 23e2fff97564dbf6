import { type PartnerScope, partnerScopes } from '@opencredits/protocol'
import { recordAct } from '../audit-log/record-act.ts'
import { AppError } from '../kernel/app-error.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { readScopes } from './find-partner-key.ts'
import type { PartnerKeyActor } from './issue-partner-key.ts'
import { lockOwnPartnerKey, type OwnPartnerKey } from './own-partner-key.ts'

export interface PartnerKeyChange {
  readonly name?: string | undefined
  readonly scopes?: readonly PartnerScope[] | undefined
  /** Null: never. */
  readonly expiresAtMs?: number | null | undefined
}

/**
 * Changes what a restricted key may do from now on; its secret stays.
 * @throws AppError 404 for another partner's key, 409 for a revoked one.
 */
export async function changePartnerKey(
  transaction: DatabaseTransaction,
  of: OwnPartnerKey & { readonly change: PartnerKeyChange; readonly by: PartnerKeyActor },
  nowMs: number,
): Promise<void> {
  const { keyId, partnerId, change, by } = of
  const row = await lockOwnPartnerKey(transaction, of)
  if (row.revoked_at_ms !== null) throw new AppError('conflict', `${keyId} is revoked. Make a new key.`)
  const before = { name: row.name, scopes: readScopes(row.scopes), expires_at_ms: row.expires_at_ms }
  const scopes = partnerScopes.filter((scope) => (change.scopes ?? before.scopes).includes(scope))
  const after = {
    name: change.name ?? before.name,
    scopes,
    expires_at_ms: change.expiresAtMs === undefined ? before.expires_at_ms : change.expiresAtMs,
  }
  await transaction
    .updateTable('partner_keys')
    .set({ ...after, scopes: scopes.join(' ') })
    .where('id', '=', keyId)
    .execute()
  const target = { kind: 'partner_key', id: keyId }
  const act = { action: 'partner_key.changed', target, userId: null, partnerId, before, after }
  await recordAct(transaction, { ...by, ...act }, nowMs)
}
