import { partnerScopes } from '@opencredits/protocol'
import { AppError } from '../kernel/app-error.ts'
import { newId } from '../kernel/ids.ts'
import { issuePartnerKey } from '../keys/issue-partner-key.ts'
import { newSecret } from '../keys/key-format.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database, DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import type { AppState } from './app-state.ts'
import { isActiveIn, writeAppState } from './write-app-state.ts'
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

/** What an app that was applied for has beside its terms. */
export interface Application {
  readonly website: string
  readonly description: string
  readonly appliedByUserId: string
}

/**
 * Signs a partner up by command, in both worlds.
 * @throws AppError `invalid_request` for a share above the operator's bound.
 */
export async function createPartner(
  { db, pepper, shareBasisPointsMax }: SavePartnerDeps & { readonly pepper: Pepper },
  terms: PartnerTerms,
  nowMs: number,
): Promise<CreatedPartner> {
  refuseShareAbove(shareBasisPointsMax, terms.shareBasisPoints)
  return transact(db, async (transaction) => {
    const state = terms.isActive ? 'approved' : 'suspended'
    const app = await addApp(transaction, { terms, state, application: null }, nowMs)
    const issue = async (partnerId: string, livemode: boolean) => {
      const key = { partnerId, livemode, name: 'Server key', scopes: partnerScopes, expiresAtMs: null }
      const by = { actor: { kind: 'cli', id: null } } as const
      return (await issuePartnerKey(transaction, { key, pepper, by }, nowMs)).secret
    }
    const secretKey = await issue(app.id, true)
    return { ...app, secretKey, testSecretKey: await issue(twinIdOf(app.id), false) }
  })
}

/** The row of an app in the test world. Nothing reads the world off the id: it is only good to be seen in a log. */
function twinIdOf(appId: string): string {
  return `${appId}_test`
}

interface NewApp {
  readonly terms: PartnerTerms
  readonly state: AppState
  /** Null: the operator makes it. */
  readonly application: Application | null
}

/** Adds an app in both of its worlds, each with a publishable key, without any other key. */
export async function addApp(
  transaction: DatabaseTransaction,
  { terms, state, application }: NewApp,
  nowMs: number,
): Promise<Pick<CreatedPartner, 'id' | 'publishableKey' | 'testPublishableKey'>> {
  const id = newId('par')
  const publishableKey = newSecret('pk', true)
  const testPublishableKey = newSecret('pk', false)
  const columns = {
    ...columnsOf(terms),
    ...{ state, website: application?.website ?? null, description: application?.description ?? null },
    ...{ applied_by_user_id: application?.appliedByUserId ?? null, created_at_ms: nowMs, updated_at_ms: nowMs },
  }
  const live = { id, livemode: 1, publishable_key: publishableKey }
  const test = { id: twinIdOf(id), livemode: 0, live_partner_id: id, publishable_key: testPublishableKey }
  for (const row of [live, test])
    await transaction
      .insertInto('partners')
      .values({ ...columns, ...row, is_active: isActiveIn(state, row.livemode === 1) ? 1 : 0 })
      .execute()
  await addOrigins(transaction, [live.id, test.id], terms.origins)
  return { id, publishableKey, testPublishableKey }
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
      .select(['share_basis_points', 'is_active', 'state'])
      .where('id', '=', partnerId)
      .where('livemode', '=', 1)
      .executeTakeFirst()
    if (before === undefined) return false
    // A share from before the bound was lowered must not keep the operator from suspending that app.
    if (terms.shareBasisPoints !== before.share_basis_points)
      refuseShareAbove(shareBasisPointsMax, terms.shareBasisPoints)
    const settings = { columns: columnsOf(terms), origins: terms.origins }
    await writeSettings(transaction, partnerId, settings, nowMs)
    if ((before.is_active === 1) === terms.isActive) return true
    if (before.state !== 'approved' && before.state !== 'suspended') throw notDecided(partnerId, before.state)
    const state = terms.isActive ? 'approved' : 'suspended'
    await writeAppState(transaction, { appId: partnerId, state, reason: null }, nowMs)
    return true
  })
}

function notDecided(appId: string, state: AppState): AppError {
  return new AppError('conflict', `${appId} is ${state}: partner approve ${appId} opens it, partner update does not.`)
}

/** Sets an app's share from now on. @throws AppError `invalid_request` for one above the operator's bound */
export async function writeShare(
  transaction: DatabaseTransaction,
  share: {
    readonly appId: string
    readonly shareBasisPoints: number
    readonly shareBasisPointsMax: number
    readonly nowMs: number
  },
): Promise<void> {
  const { appId, shareBasisPoints, shareBasisPointsMax, nowMs } = share
  refuseShareAbove(shareBasisPointsMax, shareBasisPoints)
  await writeSettings(transaction, appId, { columns: { share_basis_points: shareBasisPoints } }, nowMs)
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
  }
}
