import { sql } from 'kysely'
import { microcredits } from '../kernel/microcredits.ts'
import { worldNowMs } from '../kernel/world-clock.ts'
import type { Budget } from '../ledger/budget-left.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

/** A key with its user's mark, what was left in the wallet, and the consent under which it spends. */
export type KeyRow = Row<'keys'> & {
  readonly marked_at_ms: number | null
  readonly email: string | null
  readonly available_microcredits: number | null
  readonly consent_budget_microcredits: number | null
  readonly consent_budget_window: Row<'consents'>['budget_window']
  readonly consent_models: string | null
  readonly consent_expires_at_ms: number | null
  readonly consent_withdrawn_at_ms: number | null
  /** How far the time of its world is ahead; null in the live world. */
  readonly clock_ahead_ms: number | null
  /** When this secret ends that was rolled; null for the newest one. */
  readonly secret_until_ms: number | null
}

/** Finds a key by its secret's hash, or by that of the secret before it was rolled. */
export async function readKeyRow(db: DatabaseReader, secretHash: string): Promise<KeyRow | undefined> {
  const row = await keyQuery(db).where('keys.secret_hash', '=', secretHash).executeTakeFirst()
  if (row !== undefined) return { ...row, secret_until_ms: null }
  const rolled = await keyQuery(db).where('keys.previous_secret_hash', '=', secretHash).executeTakeFirst()
  return rolled === undefined ? undefined : { ...rolled, secret_until_ms: rolled.previous_secret_until_ms }
}

export function readKeyOfId(db: DatabaseReader, keyId: string) {
  return keyQuery(db).where('keys.id', '=', keyId).executeTakeFirst()
}

/** The user's keys with the consents under which they spend, newest first. */
export function readKeysOfUser(db: DatabaseReader, userId: string) {
  return keyQuery(db)
    .where('keys.user_id', '=', userId)
    .orderBy('keys.created_at_ms', 'desc')
    .orderBy('keys.id')
    .execute()
}

/** When a key's world is when the live world is at `nowMs`. */
export function nowOfKey(nowMs: number, row: Pick<KeyRow, 'livemode' | 'clock_ahead_ms'>): number {
  return worldNowMs(nowMs, { livemode: row.livemode === 1, clockAheadMs: row.clock_ahead_ms ?? 0 })
}

/** Without a join: SQLite would plan it anew each time, for the value that is bound. */
function keyQuery(db: DatabaseReader) {
  return db
    .selectFrom('keys')
    .selectAll('keys')
    .select((from) => {
      const user = from.selectFrom('users').whereRef('users.id', '=', 'keys.user_id')
      const wallet = from.selectFrom('wallets').whereRef('wallets.user_id', '=', 'keys.user_id')
      const consent = from.selectFrom('consents').whereRef('consents.id', '=', 'keys.consent_id')
      return [
        user.select('marked_at_ms').as('marked_at_ms'),
        user.select('email').as('email'),
        wallet
          .select(sql<number>`posted_microcredits - held_microcredits`.as('available'))
          .as('available_microcredits'),
        consent.select('budget_microcredits').as('consent_budget_microcredits'),
        consent.select('budget_window').as('consent_budget_window'),
        consent.select('models').as('consent_models'),
        consent.select('expires_at_ms').as('consent_expires_at_ms'),
        consent.select('withdrawn_at_ms').as('consent_withdrawn_at_ms'),
        from
          .selectFrom('test_clocks')
          .select('ahead_ms')
          .whereRef('test_clocks.partner_id', '=', 'keys.partner_id')
          // Of the row that was found already, so the live world does not look.
          .whereRef('keys.livemode', '=', sql.lit(0))
          .as('clock_ahead_ms'),
      ]
    })
}

export interface KeyBudgets {
  /** Of its windows: the consent's, which all keys of the app share, a merged guest's, or the key's own. */
  readonly budgetId: string
  /** What limits it, beside the wallet; null: nothing. */
  readonly budget: Budget | null
  /** What the guest brought along whose key it is, where a consent limits it too. */
  readonly guestBudgetId: string | null
}

/** What a key spends from: the budget of its consent, which it shares with the app's other keys, or its own. */
export function budgetOf(
  row: Pick<KeyRow, 'id' | 'consent_id' | 'budget_id' | 'budget_microcredits' | 'budget_window'> &
    Pick<KeyRow, 'consent_budget_microcredits' | 'consent_budget_window'>,
): KeyBudgets {
  if (row.consent_id === null)
    return {
      budgetId: row.budget_id ?? row.id,
      budget: budgetFrom(row.budget_microcredits, row.budget_window),
      guestBudgetId: null,
    }
  const budget = budgetFrom(row.consent_budget_microcredits, row.consent_budget_window)
  return { budgetId: row.consent_id, budget, guestBudgetId: row.budget_id }
}

export function budgetFrom(amount: number | null, window: Budget['window'] | null): Budget | null {
  return amount === null || window === null ? null : { amountMicrocredits: microcredits(amount), window }
}
