import { newId } from '../kernel/ids.ts'
import type { Budget } from '../ledger/budget-left.ts'
import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { lastFourOf, newSecret } from './key-format.ts'
import type { Pepper } from './pepper.ts'

export interface UserKeyRequest {
  readonly userId: string
  readonly partnerId: string
  /** The world of its user and its app. */
  readonly livemode: boolean
  readonly source: Row<'keys'>['source']
  readonly name?: string | null
  /** Its own, where no consent limits it. */
  readonly budget?: Budget | null
  /** Under which the app spends. */
  readonly consentId?: string | null
  /** The sign-in that makes it, and with which it ends. */
  readonly sessionId?: string | null
  readonly requestsPerMinute?: number | null
  readonly models?: readonly string[] | null
  readonly expiresAtMs?: number | null
  /** Only for an answer that must be repeatable: see `GuestPepper`. */
  readonly secret?: string
}

export interface IssuedKey {
  readonly keyId: string
  /** Shown once; the store keeps its hash. */
  readonly secret: string
}

export async function issueUserKey(
  transaction: DatabaseTransaction,
  pepper: Pepper,
  key: UserKeyRequest,
  nowMs: number,
): Promise<IssuedKey> {
  const secret = key.secret ?? newSecret('sk', key.livemode)
  const keyId = newId('key')
  await transaction
    .insertInto('keys')
    .values({
      id: keyId,
      secret_hash: pepper.hash('secret', secret),
      last_four: lastFourOf(secret),
      kind: 'user',
      user_id: key.userId,
      partner_id: key.partnerId,
      livemode: key.livemode ? 1 : 0,
      name: key.name ?? null,
      source: key.source,
      budget_microcredits: key.budget?.amountMicrocredits ?? null,
      budget_window: key.budget?.window ?? null,
      requests_per_minute: key.requestsPerMinute ?? null,
      models: key.models === undefined || key.models === null ? null : JSON.stringify(key.models),
      created_at_ms: nowMs,
      expires_at_ms: key.expiresAtMs ?? null,
      revoked_at_ms: null,
      consent_id: key.consentId ?? null,
      session_id: key.sessionId ?? null,
    })
    .execute()
  return { keyId, secret }
}

/** Whether this is the secret of that key. */
export async function isSecretOf(
  db: DatabaseReader,
  pepper: Pepper,
  key: { readonly keyId: string; readonly secret: string },
): Promise<boolean> {
  const row = await db.selectFrom('keys').select('secret_hash').where('id', '=', key.keyId).executeTakeFirst()
  return row?.secret_hash === pepper.hash('secret', key.secret)
}
