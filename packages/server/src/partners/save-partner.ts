import { AppError } from '../kernel/app-error.ts'
import { newId } from '../kernel/ids.ts'
import { issuePartnerKey } from '../keys/issue-partner-key.ts'
import { newSecret } from '../keys/key-format.ts'
import { partnerScopes } from '../keys/partner-scope.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database, DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { recordEvent } from '../webhook-events/record-event.ts'

export interface PartnerTerms {
  readonly name: string
  readonly email: string
  readonly shareBasisPoints: number
  /** Null: all models. */
  readonly allowedModels: readonly string[] | null
  /** Normalised: see `normalizeOrigin`. */
  readonly origins: readonly string[]
  /** Default: false. */
  readonly allowsLocalhost?: boolean
  readonly logoUrl: string | null
  readonly accentColor: string | null
  /** Default: the model that is used most. */
  readonly defaultModel?: string | null
  readonly isActive: boolean
}

export interface SavePartnerDeps {
  readonly db: Database
  /** No partner's share is set above this: 10 000 is 100 % of the provider's cost. */
  readonly shareBasisPointsMax: number
}

/**
 * Signs a partner up. @returns its id, its publishable key, and a restricted key with every scope, which is shown once.
 * @throws AppError `invalid_request` for a share above the operator's bound.
 */
export async function createPartner(
  { db, pepper, shareBasisPointsMax }: SavePartnerDeps & { readonly pepper: Pepper },
  terms: PartnerTerms,
  nowMs: number,
): Promise<{ readonly id: string; readonly publishableKey: string; readonly secretKey: string }> {
  refuseShareAbove(shareBasisPointsMax, terms.shareBasisPoints)
  const id = newId('par')
  const publishableKey = newSecret('pk')
  const secretKey = await transact(db, async (transaction) => {
    await transaction
      .insertInto('partners')
      .values({ id, publishable_key: publishableKey, created_at_ms: nowMs, ...columnsOf(terms, nowMs) })
      .execute()
    await saveOrigins(transaction, id, terms.origins)
    const key = { partnerId: id, name: 'Server key', scopes: partnerScopes, expiresAtMs: null }
    const by = { actor: { kind: 'cli', id: null } } as const
    return (await issuePartnerKey(transaction, { key, pepper, by }, nowMs)).secret
  })
  return { id, publishableKey, secretKey }
}

/**
 * Changes the terms from now on: a call that is under way keeps those that it was admitted under. @returns false for an
 * unknown id.
 * @throws AppError `invalid_request` for a new share above the operator's bound.
 */
export async function updatePartner(
  { db, shareBasisPointsMax }: SavePartnerDeps,
  partnerId: string,
  terms: PartnerTerms,
  nowMs: number,
): Promise<boolean> {
  return transact(db, async (transaction) => {
    const before = await transaction
      .selectFrom('partners')
      .select(['share_basis_points', 'is_active'])
      .where('id', '=', partnerId)
      .executeTakeFirst()
    if (before === undefined) return false
    // A share from before the bound was lowered must not keep the operator from suspending that app.
    if (terms.shareBasisPoints !== before.share_basis_points)
      refuseShareAbove(shareBasisPointsMax, terms.shareBasisPoints)
    await transaction.updateTable('partners').set(columnsOf(terms, nowMs)).where('id', '=', partnerId).execute()
    await transaction.deleteFrom('partner_origins').where('partner_id', '=', partnerId).execute()
    await saveOrigins(transaction, partnerId, terms.origins)
    if (before.is_active === 1 && !terms.isActive) {
      const data = { suspended_at: Math.floor(nowMs / 1000) }
      const event = { type: 'app.suspended', partnerId, userId: null, cause: String(nowMs), data } as const
      await recordEvent(transaction, event, nowMs)
    }
    return true
  })
}

/** Partners whose share was set before the operator's bound was lowered below it. */
export async function findSharesAbove(
  db: DatabaseReader,
  shareBasisPointsMax: number,
): Promise<readonly { readonly id: string; readonly share_basis_points: number }[]> {
  return db
    .selectFrom('partners')
    .select(['id', 'share_basis_points'])
    .where('share_basis_points', '>', shareBasisPointsMax)
    .orderBy('id')
    .execute()
}

function refuseShareAbove(max: number, shareBasisPoints: number): void {
  if (shareBasisPoints <= max) return
  throw new AppError(
    'invalid_request',
    `referral_rate: expected at most ${max / 10_000} (REFERRAL_RATE_MAX), got ${shareBasisPoints / 10_000}. 0.1 is 10 % of the provider's cost.`,
    { param: 'referral_rate' },
  )
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
    allows_localhost: terms.allowsLocalhost === true ? 1 : 0,
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
