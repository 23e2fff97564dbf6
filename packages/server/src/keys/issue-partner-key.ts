import { type PartnerScope, partnerScopes } from '@opencredits/protocol'
import { type Act, recordAct } from '../audit-log/record-act.ts'
import { newId } from '../kernel/ids.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { IssuedKey } from './issue-key.ts'
import { lastFourOf, newSecret } from './key-format.ts'
import type { Pepper } from './pepper.ts'

/** Who changes a partner's keys, for the audit log. */
export type PartnerKeyActor = Pick<Act, 'actor' | 'address' | 'requestId'>

export interface PartnerKeyRequest {
  /** The app's row in the world that the key is for. */
  readonly partnerId: string
  readonly livemode: boolean
  readonly name: string
  readonly scopes: readonly PartnerScope[]
  /** Null: never. */
  readonly expiresAtMs: number | null
}

/** Makes a restricted key. Its secret is shown once; the store keeps its hash. */
export async function issuePartnerKey(
  transaction: DatabaseTransaction,
  { key, pepper, by }: { readonly key: PartnerKeyRequest; readonly pepper: Pepper; readonly by: PartnerKeyActor },
  nowMs: number,
): Promise<IssuedKey> {
  const secret = newSecret('rk', key.livemode)
  const keyId = newId('key')
  const scopes = partnerScopes.filter((scope) => key.scopes.includes(scope))
  await transaction
    .insertInto('partner_keys')
    .values({
      id: keyId,
      partner_id: key.partnerId,
      livemode: key.livemode ? 1 : 0,
      name: key.name,
      scopes: scopes.join(' '),
      secret_hash: pepper.hash('secret', secret),
      last_four: lastFourOf(secret),
      created_at_ms: nowMs,
      expires_at_ms: key.expiresAtMs,
    })
    .execute()
  const after = { partner_id: key.partnerId, name: key.name, scopes, expires_at_ms: key.expiresAtMs }
  const target = { kind: 'partner_key', id: keyId }
  const act = { action: 'partner_key.created', target, userId: null, partnerId: key.partnerId, after }
  await recordAct(transaction, { ...by, ...act }, nowMs)
  return { keyId, secret }
}
