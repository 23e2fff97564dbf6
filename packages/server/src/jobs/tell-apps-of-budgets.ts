import { sql } from 'kysely'
import { worldNowMs } from '../kernel/world-clock.ts'
import { type BudgetWindow, budgetWindowStartMs } from '../ledger/budget-window.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { creditsData } from '../webhook-events/event-data.ts'
import { recordEvent } from '../webhook-events/record-event.ts'

/** What is left of a budget seldom is nothing: a call that needs more than that is refused, and holds nothing. */
const reachedPercent = 95n

interface UsedBudget {
  readonly budget_id: string
  /** Null for a consent's, which limits all keys of the app. */
  readonly key_id: string | null
  readonly partner_id: string
  readonly user_id: string
  readonly budget: number
  readonly budget_window: BudgetWindow
  readonly window_start_ms: number
  readonly spent: number
  /** Of the app's test clock; 0 in the live world. */
  readonly ahead: number
}

/** Tells apps of budgets that are used up, once in each window and for each amount. */
export async function tellAppsOfBudgets(db: Database, budgetIds: readonly string[], nowMs: number): Promise<void> {
  for (const used of await findUsed(db, budgetIds)) {
    const isReached = BigInt(used.spent) * 100n >= BigInt(used.budget) * reachedPercent
    const worldMs = worldNowMs(nowMs, { livemode: used.ahead === 0, clockAheadMs: Number(used.ahead) })
    if (isReached && used.window_start_ms === budgetWindowStartMs(used.budget_window, worldMs))
      await tell(db, used, nowMs)
  }
}

async function findUsed(db: Database, budgetIds: readonly string[]): Promise<readonly UsedBudget[]> {
  const ids = sql.join(budgetIds)
  const isListening = sql`partner_id in (select partner_id from webhook_endpoints)`
  const { rows } = await sql<UsedBudget>`
    with limits as (
      select id, cast(null as text) as key_id, partner_id, user_id, budget_microcredits as budget, budget_window
      from consents where id in (${ids}) and withdrawn_at_ms is null and ${isListening}
      union all
      select id, id, partner_id, user_id, budget_microcredits, budget_window from keys
      where id in (${ids}) and consent_id is null and budget_id is null and revoked_at_ms is null and ${isListening})
    select limits.id as budget_id, limits.key_id, limits.partner_id, limits.user_id, limits.budget, limits.budget_window,
      key_windows.window_start_ms, key_windows.spent_microcredits as spent,
      coalesce((select ahead_ms from test_clocks where test_clocks.partner_id = limits.partner_id), 0) as ahead
    from limits join key_windows on key_windows.budget_id = limits.id
    where limits.budget > 0 and limits.budget_window is not null and not exists (
      select 1 from webhook_budget_marks as marks where marks.budget_id = limits.id
        and marks.window_start_ms = key_windows.window_start_ms and marks.budget_microcredits = limits.budget)`.execute(
    db,
  )
  return rows
}

async function tell(db: Database, used: UsedBudget, nowMs: number): Promise<void> {
  const { budget_id, window_start_ms, budget: budget_microcredits, partner_id: partnerId, user_id: userId } = used
  const row = { budget_id, window_start_ms, budget_microcredits }
  const data = {
    budget: { ...creditsData(used.budget), window: used.budget_window },
    spent: creditsData(used.spent),
    window_started_at: window_start_ms === 0 ? null : Math.floor(window_start_ms / 1000),
    key_id: used.key_id,
  }
  const cause = `${budget_id}:${window_start_ms}:${budget_microcredits}`
  await transact(db, async (transaction) => {
    await transaction
      .insertInto('webhook_budget_marks')
      .values(row)
      .onConflict((conflict) => conflict.column('budget_id').doUpdateSet(row))
      .execute()
    await recordEvent(transaction, { type: 'key.budget_reached', partnerId, userId, cause, data }, nowMs)
  })
}
