import type { AccountKey } from '@opencredits/protocol'
import { parseModels } from '../keys/authenticate-key.ts'
import { readBudgetUse } from '../ledger/budget-left.ts'
import { accountAppId } from '../partners/account-app.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { creditsOf, secondsOf } from './formats.ts'
import { readNames } from './read-names.ts'

/** Of the keys that no longer work, so many are shown. */
const endedMax = 100

/** A user's keys, the newest first: all that work, and the last ones that ended. */
export async function listKeys(db: DatabaseReader, userId: string, nowMs: number): Promise<readonly AccountKey[]> {
  const rows = await readKeys(db, userId)
  const leftOut = new Set(rows.filter((row) => statusOf(row, nowMs) !== 'active').slice(endedMax))
  return describeKeys(
    db,
    rows.filter((row) => !leftOut.has(row)),
    nowMs,
  )
}

/** All of a user's keys, the newest first. */
export async function readKeys(db: DatabaseReader, userId: string): Promise<readonly Row<'keys'>[]> {
  const rows = await db
    .selectFrom('keys')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at_ms', 'desc')
    .orderBy('id')
    .execute()
  return rows.filter((row) => !isForPurchases(row))
}

/** What a purchase on the account page names in place of a key: it never spends. See `buy-credits.ts`. */
function isForPurchases(row: Row<'keys'>): boolean {
  return row.source === 'account' && row.expires_at_ms === 0
}

export async function describeKeys(
  db: DatabaseReader,
  rows: readonly Row<'keys'>[],
  nowMs: number,
): Promise<readonly AccountKey[]> {
  const names = await readNames(db, { partnerIds: rows.map((row) => row.partner_id), keyIds: [] })
  const consents = await consentsOf(db, rows)
  return Promise.all(
    rows.map((row) => describe(db, row, { nowMs, consent: consents.get(row.consent_id ?? ''), appName: names.app })),
  )
}

async function consentsOf(db: DatabaseReader, keys: readonly Row<'keys'>[]) {
  const ids = [...new Set(keys.flatMap((row) => row.consent_id ?? []))]
  if (ids.length === 0) return new Map<string, Row<'consents'>>()
  const rows = await db.selectFrom('consents').selectAll().where('id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.id, row]))
}

interface DescribeContext {
  readonly nowMs: number
  /** Whose limits hold in place of the key's own. */
  readonly consent: Row<'consents'> | undefined
  readonly appName: (partnerId: string) => string
}

async function describe(
  db: DatabaseReader,
  row: Row<'keys'>,
  { nowMs, consent, appName }: DescribeContext,
): Promise<AccountKey> {
  const limits = consent ?? row
  const window = limits.budget_microcredits === null ? null : limits.budget_window
  const use = window === null ? null : await readBudgetUse(db, { budgetId: limits.id, window }, nowMs)
  return {
    id: row.id,
    name: row.name,
    source: row.source === 'partner' ? 'named' : row.source,
    app: row.partner_id === accountAppId ? null : { id: row.partner_id, name: appName(row.partner_id) },
    last_four: row.last_four,
    status: statusOf(row, nowMs),
    budget: creditsOf(limits.budget_microcredits),
    window,
    spent: use === null ? null : creditsOf(use.spentMicrocredits),
    rpm: row.requests_per_minute,
    models: parseModels(limits.models),
    created_at: secondsOf(row.created_at_ms),
    expires_at: secondsOf(row.expires_at_ms),
    last_used_at: secondsOf(row.last_used_at_ms),
    last_used_address: row.last_used_address,
  }
}

function statusOf(row: Row<'keys'>, nowMs: number): AccountKey['status'] {
  if (row.revoked_at_ms !== null) return 'revoked'
  return row.expires_at_ms !== null && row.expires_at_ms <= nowMs ? 'expired' : 'active'
}
