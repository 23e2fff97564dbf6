import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import { repositoryCommand } from '../kernel/operator-command.ts'
import { parseModels } from '../keys/authenticate-key.ts'
import { budgetFrom } from '../keys/read-key.ts'
import type { Budget } from '../ledger/budget-left.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { type AppState, whyInactive } from './app-state.ts'

/** An app that embeds the SDK, in one of its two worlds, on the terms that it has now. */
export interface Partner {
  /** Its row in this world, by which everything of the world is found. */
  readonly id: string
  /** Its row in the live world, and its id in every answer. */
  readonly appId: string
  /** False in the test world. */
  readonly livemode: boolean
  readonly name: string
  readonly email: string
  readonly publishableKey: string
  /** The referral share: 1000 is 10 % of the provider's cost. */
  readonly shareBasisPoints: number
  /** Null: every model. */
  readonly allowedModels: readonly string[] | null
  readonly origins: readonly string[]
  /** Pages on a developer's own machine may use the app too: see `isLocalhostPage`. */
  readonly allowsLocalhost: boolean
  readonly logoUrl: string | null
  readonly accentColor: string | null
  /** The model that estimates are made for; null for the one that is used most. */
  readonly defaultModel: string | null
  readonly website: string | null
  /** Behind the operator's name on card statements, for live purchases; null for none. */
  readonly statementSuffix: string | null
  /** What its users are asked to allow; null for the default. */
  readonly suggestedBudget: Budget | null
  /** The operator's own account page: nobody has to allow it anything. */
  readonly isAccountPage: boolean
  readonly isActive: boolean
  readonly state: AppState
  /** The account with the partner's own e-mail: its own use earns no share. */
  readonly ownerUserId: string | null
}

export interface PartnerDirectory {
  byId(partnerId: string): Promise<Partner>
  /**
   * The partner whose key makes a call, for admission.
   * @throws AppError 403 `app_suspended` for one that is switched off.
   */
  activeById(partnerId: string): Promise<Partner>
  /**
   * The partner of a publishable key, active or not: its users sign in to reach the credits that they have. One that was
   * never approved has no users in that world.
   * @throws AppError `invalid_request` naming `publishable_key` for an unknown one, 403 `app_suspended` for one that waits for
   * its approval or was refused it, and for one that was closed before anybody used it.
   */
  byPublishableKey(publishableKey: string): Promise<Partner>
  /**
   * The same for a sale.
   * @throws AppError `invalid_request` for an unknown one, 403 `app_suspended` for one that is switched off.
   */
  activeByPublishableKey(publishableKey: string): Promise<Partner>
}

const keptMs = 1_500
const keptMax = 10_000

/** Looks partners up and keeps each for at most 1.5 s, so that a change holds everywhere within two. */
export function createPartnerDirectory(deps: {
  readonly db: DatabaseReader
  readonly clock: Clock
  /** Default: as it is run from the repository. */
  readonly operatorCommand?: string
}): PartnerDirectory {
  const kept = new Map<string, { readonly partner: Promise<Partner | null>; readonly untilMs: number }>()
  const find = (column: 'id' | 'publishable_key', value: string): Promise<Partner | null> => {
    const name = `${column}:${value}`
    const known = kept.get(name)
    if (known !== undefined && known.untilMs > deps.clock.nowMs()) return known.partner
    if (kept.size >= keptMax) kept.clear()
    const partner = column === 'id' ? loadPartner(deps.db, column, value) : loadByPublishableKey(deps, value)
    kept.set(name, { partner, untilMs: deps.clock.nowMs() + keptMs })
    partner.catch(() => kept.delete(name))
    return partner
  }
  const byId = async (partnerId: string): Promise<Partner> => {
    const partner = await find('id', partnerId)
    if (partner === null) throw new AppError('internal_error', 'The app of this key is gone.')
    return partner
  }
  const byPublishableKey = async (publishableKey: string): Promise<Partner> => {
    const partner = await find('publishable_key', publishableKey)
    if (partner !== null && (isUnborn(partner) || (await isClosedUnborn(deps.db, partner))))
      throw new AppError('app_suspended', `This app ${whyInactive(partner.state)} It is not live.`, doNotRetry)
    if (partner !== null) return partner
    throw new AppError('invalid_request', unknownKey(publishableKey, deps.operatorCommand ?? repositoryCommand), {
      param: 'publishable_key',
    })
  }
  return {
    byId,
    byPublishableKey,
    async activeById(partnerId) {
      const partner = await byId(partnerId)
      if (!partner.isActive) throw suspended(partner, 'Its keys cannot make calls; nothing was charged.')
      return partner
    },
    async activeByPublishableKey(publishableKey) {
      const partner = await byPublishableKey(publishableKey)
      if (!partner.isActive) throw suspended(partner, 'It cannot sell credits; nothing was charged.')
      return partner
    },
  }
}

/** Says what to do about a publishable key that no app has; `oc_pk_…` was copied from the documentation. */
function unknownKey(publishableKey: string, command: string): string {
  const problem = /^oc_pk_(test_)?(…|\.{3}|x*)$/i.test(publishableKey)
    ? `${publishableKey} is the placeholder of the documentation. Put the key of your app there`
    : 'unknown on this server. Expected the oc_pk_… of an app that is registered here'
  return `publishable_key: ${problem}: ${command} partner list prints it, ${command} partner create makes a new one.`
}

function isUnborn({ isActive, state }: Partner): boolean {
  return !isActive && (state === 'pending' || state === 'rejected')
}

/** Whoever closes an application makes no app of it that people can sign in to: an app that was never open has no users. */
async function isClosedUnborn(db: DatabaseReader, { id, state }: Partner): Promise<boolean> {
  if (state !== 'closed') return false
  const user = await db.selectFrom('partner_users').select('user_id').where('partner_id', '=', id).limit(1).execute()
  return user.length === 0
}

/** Clients such as Claude Code repeat some refusals for minutes unless they are told not to. */
const doNotRetry = { headers: { 'x-should-retry': 'false' } }

function suspended(partner: Partner, consequence: string): AppError {
  const why = `This app ${whyInactive(partner.state)} ${consequence}`
  const users =
    'The credits that you have stay yours: sign in with your e-mail in another app to spend them there, or ask the maker of this one.'
  return new AppError('app_suspended', isUnborn(partner) ? why : `${why} ${users}`, doNotRetry)
}

/** Reads one partner from the store. */
export async function loadPartner(
  db: DatabaseReader,
  column: 'id' | 'publishable_key' | 'live_partner_id',
  value: string,
): Promise<Partner | null> {
  const row = await db.selectFrom('partners').selectAll().where(column, '=', value).executeTakeFirst()
  if (row === undefined) return null
  const origins = await db
    .selectFrom('partner_origins')
    .select('origin')
    .where('partner_id', '=', row.id)
    .orderBy('origin')
    .execute()
  const owner = await db
    .selectFrom('users')
    .select('id')
    .where('email', '=', row.email.toLowerCase())
    .where('livemode', '=', row.livemode)
    .executeTakeFirst()
  return toPartner(
    row,
    origins.map(({ origin }) => origin),
    owner?.id ?? null,
  )
}

/** A key that was rolled works on until its grace time is over. */
async function loadByPublishableKey(
  { db, clock }: { readonly db: DatabaseReader; readonly clock: Clock },
  publishableKey: string,
): Promise<Partner | null> {
  const current = await loadPartner(db, 'publishable_key', publishableKey)
  if (current !== null) return current
  const rolled = await db
    .selectFrom('partners')
    .select('id')
    .where('previous_publishable_key', '=', publishableKey)
    .where('previous_publishable_key_until_ms', '>', clock.nowMs())
    .executeTakeFirst()
  return rolled === undefined ? null : loadPartner(db, 'id', rolled.id)
}

function toPartner(row: Row<'partners'>, origins: readonly string[], ownerUserId: string | null): Partner {
  return {
    id: row.id,
    appId: row.live_partner_id ?? row.id,
    livemode: row.livemode === 1,
    name: row.name,
    email: row.email,
    publishableKey: row.publishable_key,
    shareBasisPoints: row.share_basis_points,
    allowedModels: parseModels(row.allowed_models),
    origins,
    // Whoever builds an app begins on the own machine.
    allowsLocalhost: row.allows_localhost === 1 || row.livemode === 0,
    logoUrl: row.logo_url,
    accentColor: row.accent_color,
    defaultModel: row.default_model,
    website: row.website,
    statementSuffix: row.statement_suffix,
    suggestedBudget: budgetFrom(row.suggested_budget_microcredits, row.suggested_budget_window),
    isAccountPage: row.kind === 'account',
    isActive: row.is_active === 1,
    state: row.state,
    ownerUserId,
  }
}
