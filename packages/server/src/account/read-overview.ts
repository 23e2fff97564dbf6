import type { AccountAlert, AccountOverview } from '@opencredits/protocol'
import { sql } from 'kysely'
import { findClaimable } from '../claims/find-claimable.ts'
import type { CurrencyConfig } from '../config.ts'
import { balanceInMoney } from '../credits/balance-in-money.ts'
import { assert } from '../kernel/assert.ts'
import { dayMs } from '../kernel/clock.ts'
import { creditsFromMicrocredits, type Microcredits, microcredits } from '../kernel/microcredits.ts'
import { readWallet } from '../ledger/balance.ts'
import { accountAppId } from '../partners/account-app.ts'
import type { Database, DatabaseReader } from '../store/open-database.ts'
import { readNotificationSettings } from '../users/notification-settings.ts'
import { listApps } from './list-apps.ts'
import { listKeys } from './list-keys.ts'

const paceDays = 7

/** What a user sees first: what is there, how long it lasts, and what needs attention. */
export async function readOverview(
  deps: { readonly db: Database; readonly currencies: readonly CurrencyConfig[] },
  user: { readonly userId: string; readonly email: string; readonly livemode: boolean },
  nowMs: number,
): Promise<AccountOverview> {
  const { db } = deps
  const [currency] = deps.currencies
  assert(currency !== undefined, 'an installation sells in at least one currency')
  const wallet = await readWallet(db, user.userId)
  const pace = await readPace(db, user.userId, nowMs)
  const available = wallet.availableMicrocredits
  const app = await db
    .selectFrom('partners')
    .select('publishable_key')
    .where('id', '=', accountAppId)
    .executeTakeFirstOrThrow()
  return {
    email: user.email,
    balance: creditsFromMicrocredits(available),
    held: creditsFromMicrocredits(wallet.heldMicrocredits),
    balance_money: { amount: balanceInMoney(available, currency), currency: currency.code.toUpperCase() },
    spent_7d: creditsFromMicrocredits(pace.spentMicrocredits),
    runway_days: runwayDays(available, pace),
    alerts: await findAlerts(db, { ...user, available }, nowMs),
    claimable: await findClaimable(db, user),
    publishable_key: app.publishable_key,
  }
}

interface Pace {
  readonly spentMicrocredits: Microcredits
  /** Of the last seven times 24 hours, those in which credits were spent. */
  readonly daysWithUse: number
}

async function readPace(db: DatabaseReader, userId: string, nowMs: number): Promise<Pace> {
  const fromMs = nowMs - paceDays * dayMs
  const { rows } = await sql<{ day: number; spent: number }>`
    select (${nowMs} - ended_at_ms) / ${dayMs} as day, cast(sum(charge_microcredits) as bigint) as spent from requests
    where user_id = ${userId} and state = 'settled' and ended_at_ms > ${fromMs} and charge_microcredits > 0 group by 1
    union all
    select (${nowMs} - day_ms) / ${dayMs} as day, cast(sum(charge_microcredits) as bigint) as spent from usage_days
    where user_id = ${userId} and day_ms > ${fromMs} and charge_microcredits > 0 group by 1`.execute(db)
  return {
    spentMicrocredits: microcredits(rows.reduce((total, row) => total + Number(row.spent), 0)),
    daysWithUse: new Set(rows.map((row) => Number(row.day))).size,
  }
}

/** Rounded down to a tenth of a day; null where nothing was spent lately. */
function runwayDays(available: Microcredits, { spentMicrocredits, daysWithUse }: Pace): number | null {
  if (spentMicrocredits === 0) return null
  return Math.floor((Math.max(0, available) * daysWithUse * 10) / spentMicrocredits) / 10
}

async function findAlerts(
  db: Database,
  user: { readonly userId: string; readonly livemode: boolean; readonly available: Microcredits },
  nowMs: number,
): Promise<readonly AccountAlert[]> {
  const settings = await readNotificationSettings(db, user.userId)
  const apps = await listApps({ db, clock: { nowMs: () => nowMs } }, user)
  const keys = await listKeys(db, user.userId, nowMs)
  const percentOf = (spent: number, budget: number) => Math.floor((spent / budget) * 100)
  const isNear = ({ budget, spent }: { readonly budget: number | null; readonly spent: number | null }) =>
    budget !== null && percentOf(spent ?? 0, budget) >= settings.keyBudgetPercent
  const alert = (id: string, name: string, { budget, spent }: { budget: number | null; spent: number | null }) => ({
    ...({ kind: 'key_budget', key_id: id, name } as const),
    percent: percentOf(spent ?? 0, budget ?? 1),
  })
  return [
    ...balanceAlert(user.available, settings.lowBalanceMicrocredits),
    ...apps.filter(isNear).map((app) => alert(app.id, app.name, app)),
    ...keys
      .filter((key) => key.app === null && key.status === 'active' && isNear(key))
      .map((key) => alert(key.id, key.name ?? `oc_sk_…${key.last_four}`, key)),
    ...apps
      .filter(({ budget, live_keys }) => budget === null && live_keys > 0)
      .map(({ id, name }) => ({ kind: 'app_without_limit', app_id: id, name }) as const),
  ]
}

function balanceAlert(available: Microcredits, threshold: Microcredits): readonly AccountAlert[] {
  const balance = creditsFromMicrocredits(available)
  if (available < 0) return [{ kind: 'negative_balance', balance }]
  if (available === 0) return [{ kind: 'empty_balance' }]
  return available < threshold ? [{ kind: 'low_balance', balance }] : []
}
