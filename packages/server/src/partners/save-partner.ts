import { AppError } from '../kernel/app-error.ts'
import { newId } from '../kernel/ids.ts'
import { issuePartnerKey } from '../keys/issue-partner-key.ts'
import { newSecret } from '../keys/key-format.ts'
import { partnerScopes } from '../keys/partner-scope.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database, DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { recordEvent } from '../webhook-events/record-event.ts'
import { addOrigins, writeSettings } from './write-settings.ts'

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

/** What a new app gets: in each world a publishable key, and a restricted key with every scope, which is shown once. */
export interface CreatedPartner {
  readonly id: string
  readonly publishableKey: string
  readonly secretKey: string
  readonly testPublishableKey: string
  readonly testSecretKey: string
}

/**
 * Signs a partner up, in both worlds.
 * @throws AppError `invalid_request` for a share above the operator's bound.
 */
export async function createPartner(
  { db, pepper, shareBasisPointsMax }: SavePartnerDeps & { readonly pepper: Pepper },
  terms: PartnerTerms,
  nowMs: number,
): Promise<CreatedPartner> {
  refuseShareAbove(shareBasisPointsMax, terms.shareBasisPoints)
  const id = newId('par')
  return transact(db, async (transaction) => {
    const live = await addWorld(transaction, { row: { id, livemode: 1 }, terms, pepper }, nowMs)
    const twin = { id: twinIdOf(id), livemode: 0, live_partner_id: id }
    const test = await addWorld(transaction, { row: twin, terms, pepper }, nowMs)
    await addOrigins(transaction, [id, twin.id], terms.origins)
    return { id, ...live, testPublishableKey: test.publishableKey, testSecretKey: test.secretKey }
  })
}

/** The row of an app in the test world. Nothing reads the world off the id: it is only good to be seen in a log. */
function twinIdOf(appId: string): string {
  return `${appId}_test`
}

interface NewWorld {
  readonly row: { readonly id: string; readonly livemode: number; readonly live_partner_id?: string }
  readonly terms: PartnerTerms
  readonly pepper: Pepper
}

async function addWorld(
  transaction: DatabaseTransaction,
  { row, terms, pepper }: NewWorld,
  nowMs: number,
): Promise<Pick<CreatedPartner, 'publishableKey' | 'secretKey'>> {
  const livemode = row.livemode === 1
  const publishableKey = newSecret('pk', livemode)
  const columns = { ...columnsOf(terms), publishable_key: publishableKey, created_at_ms: nowMs, updated_at_ms: nowMs }
  await transaction
    .insertInto('partners')
    .values({ ...row, ...columns })
    .execute()
  const key = { partnerId: row.id, livemode, name: 'Server key', scopes: partnerScopes, expiresAtMs: null }
  const by = { actor: { kind: 'cli', id: null } } as const
  const { secret } = await issuePartnerKey(transaction, { key, pepper, by }, nowMs)
  return { publishableKey, secretKey: secret }
}

/**
 * Changes the terms from now on, in both worlds: a call that is under way keeps those that it was admitted under. @returns
 * false for an unknown id.
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
      .where('livemode', '=', 1)
      .executeTakeFirst()
    if (before === undefined) return false
    // A share from before the bound was lowered must not keep the operator from suspending that app.
    if (terms.shareBasisPoints !== before.share_basis_points)
      refuseShareAbove(shareBasisPointsMax, terms.shareBasisPoints)
    const settings = { columns: columnsOf(terms), origins: terms.origins }
    const rows = await writeSettings(transaction, partnerId, settings, nowMs)
    if (before.is_active === 1 && !terms.isActive) await tellSuspension(transaction, rows, nowMs)
    return true
  })
}

/** Each world's endpoints are told. */
async function tellSuspension(
  transaction: DatabaseTransaction,
  partnerIds: readonly string[],
  nowMs: number,
): Promise<void> {
  const data = { suspended_at: Math.floor(nowMs / 1000) }
  for (const partnerId of partnerIds) {
    const event = { type: 'app.suspended', partnerId, userId: null, cause: String(nowMs), data } as const
    await recordEvent(transaction, event, nowMs)
  }
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
    .where('livemode', '=', 1)
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

function columnsOf(terms: PartnerTerms) {
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
  }
}
