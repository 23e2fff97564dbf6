import { sql } from 'kysely'
import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import { type BudgetWindow, budgetWindowStartMs } from '../ledger/budget-window.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { queueMail } from '../users/mail/outbox.ts'
import { defaultNotifications } from '../users/notification-settings.ts'
import { inChunks, type SeqRange } from './seq-range.ts'

/** A budget of an app or of a key, with what was spent of it in one window. */
interface UsedBudget {
  readonly budget_id: string
  readonly window_start_ms: number
  readonly spent: number
  readonly budget: number
  readonly budget_window: BudgetWindow
  readonly user_id: string
  readonly name: string
  readonly is_on: number | null
  readonly percent: number | null
}

/** Queues mails for budgets that these transfers used up to the percentage that their users chose, once in each window. */
export async function tellBudgets(db: Database, { after, through }: SeqRange, nowMs: number): Promise<void> {
  const { rows } = await sql<{ budget_id: string }>`
    select distinct budget_id from transfers where seq > ${after} and seq <= ${through} and budget_id is not null`.execute(
    db,
  )
  for (const chunk of inChunks(rows)) {
    const used = await findUsed(
      db,
      chunk.map((row) => row.budget_id),
    )
    for (const budget of used) if (isTold(budget, nowMs)) await tell(db, budget, nowMs)
  }
}

/** Not told yet at this amount. A consent limits all keys of its app; a key without one limits itself. */
async function findUsed(db: Database, budgetIds: readonly string[]): Promise<readonly UsedBudget[]> {
  const ids = sql.join(budgetIds)
  const { rows } = await sql<UsedBudget>`
    with limits as (
      select consents.id, consents.user_id, consents.budget_microcredits as budget, consents.budget_window, partners.name
      from consents join partners on partners.id = consents.partner_id
      where consents.id in (${ids}) and consents.withdrawn_at_ms is null
      union all
      select keys.id, keys.user_id, keys.budget_microcredits, keys.budget_window, coalesce(keys.name, partners.name)
      from keys join partners on partners.id = keys.partner_id
      where keys.id in (${ids}) and keys.consent_id is null and keys.budget_id is null and keys.revoked_at_ms is null)
    select key_windows.budget_id, key_windows.window_start_ms, key_windows.spent_microcredits as spent, limits.budget,
      limits.budget_window, limits.user_id, limits.name, settings.is_key_budget_on as is_on,
      settings.key_budget_percent as percent
    from limits
    join key_windows on key_windows.budget_id = limits.id
    join users on users.id = limits.user_id and users.email is not null and users.livemode = 1
    left join notification_settings as settings on settings.user_id = limits.user_id
    where limits.budget > 0 and limits.budget_window is not null and not exists (
      select 1 from budget_mails where budget_mails.budget_id = key_windows.budget_id
        and budget_mails.window_start_ms = key_windows.window_start_ms
        and budget_mails.budget_microcredits = limits.budget)`.execute(db)
  return rows
}

function isTold(used: UsedBudget, nowMs: number): boolean {
  const isOn = used.is_on === null ? defaultNotifications.isKeyBudgetOn : used.is_on === 1
  if (!isOn || used.window_start_ms !== budgetWindowStartMs(used.budget_window, nowMs)) return false
  const percent = used.percent ?? defaultNotifications.keyBudgetPercent
  return BigInt(used.spent) * 100n >= BigInt(used.budget) * BigInt(percent)
}

async function tell(db: Database, used: UsedBudget, nowMs: number): Promise<void> {
  const row = {
    budget_id: used.budget_id,
    window_start_ms: used.window_start_ms,
    budget_microcredits: used.budget,
    told_at_ms: nowMs,
  }
  await transact(db, async (transaction) => {
    // Windows that are over are told of no more; one in total, which begins at 0, is never over.
    await transaction
      .deleteFrom('budget_mails')
      .where('budget_id', '=', used.budget_id)
      .where('window_start_ms', '!=', used.window_start_ms)
      .execute()
    await transaction
      .insertInto('budget_mails')
      .values(row)
      .onConflict((conflict) => conflict.columns(['budget_id', 'window_start_ms']).doUpdateSet(row))
      .execute()
    const mail = {
      kind: 'key_budget',
      userId: used.user_id,
      name: used.name,
      usedCredits: creditsFromMicrocredits(microcredits(used.spent)),
      limit: { credits: creditsFromMicrocredits(microcredits(used.budget)), window: used.budget_window },
    } as const
    await queueMail(transaction, mail, nowMs)
  })
}
