import { newId } from '../kernel/ids.ts'
import { issuePartnerKey } from '../keys/issue-key.ts'
import { newSecret } from '../keys/key-format.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database, DatabaseTransaction } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'

export interface PartnerTerms {
  readonly name: string
  readonly email: string
  readonly shareBasisPoints: number
  /** Null: all models. */
  readonly allowedModels: readonly string[] | null
  /** Normalised: see `normalizeOrigin`. */
  readonly origins: readonly string[]
  readonly logoUrl: string | null
  readonly accentColor: string | null
  /** Default: the model that is used most. */
  readonly defaultModel?: string | null
  readonly isActive: boolean
}

/** Signs a partner up. @returns its id, its publishable key, and its server key, which is shown once. */
export async function createPartner(
  db: Database,
  pepper: Pepper,
  terms: PartnerTerms,
  nowMs: number,
): Promise<{ readonly id: string; readonly publishableKey: string; readonly secretKey: string }> {
  const id = newId('par')
  const publishableKey = newSecret('pk')
  const secretKey = await transact(db, async (transaction) => {
    await transaction
      .insertInto('partners')
      .values({ id, publishable_key: publishableKey, created_at_ms: nowMs, ...columnsOf(terms, nowMs) })
      .execute()
    await saveOrigins(transaction, id, terms.origins)
    return (await issuePartnerKey(transaction, pepper, id, nowMs)).secret
  })
  return { id, publishableKey, secretKey }
}

/** Changes the terms from now on: a call that is under way keeps those that it was admitted under. @returns false for an unknown id. */
export async function updatePartner(
  db: Database,
  partnerId: string,
  terms: PartnerTerms,
  nowMs: number,
): Promise<boolean> {
  return transact(db, async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('partners')
      .set(columnsOf(terms, nowMs))
      .where('id', '=', partnerId)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) return false
    await transaction.deleteFrom('partner_origins').where('partner_id', '=', partnerId).execute()
    await saveOrigins(transaction, partnerId, terms.origins)
    return true
  })
}

function columnsOf(terms: PartnerTerms, nowMs: number) {
  return {
    name: terms.name,
    email: terms.email,
    share_basis_points: terms.shareBasisPoints,
    allowed_models: terms.allowedModels === null ? null : JSON.stringify(terms.allowedModels),
    logo_url: terms.logoUrl,
    accent_color: terms.accentColor,
    default_model: terms.defaultModel ?? null,
    is_active: terms.isActive ? 1 : 0,
    updated_at_ms: nowMs,
  }
}

async function saveOrigins(
  transaction: DatabaseTransaction,
  partnerId: string,
  origins: readonly string[],
): Promise<void> {
  if (origins.length === 0) return
  await transaction
    .insertInto('partner_origins')
    .values([...new Set(origins)].map((origin) => ({ partner_id: partnerId, origin })))
    .execute()
}
