import { type Microcredits, microcredits } from '../kernel/microcredits.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { type BudgetWindow, budgetWindowStartMs } from './budget-window.ts'

export interface Budget {
  readonly amountMicrocredits: Microcredits
  readonly window: BudgetWindow
}

/** What was spent and is held of a budget in the window that runs now. */
export interface BudgetUse {
  readonly spentMicrocredits: Microcredits
  readonly heldMicrocredits: Microcredits
}

/** @param budgetId of a consent, of a merged guest, or of a key: see `keys/read-key.ts`. */
export async function readBudgetUse(
  db: DatabaseReader,
  { budgetId, window }: { readonly budgetId: string; readonly window: BudgetWindow },
  nowMs: number,
): Promise<BudgetUse> {
  const row = await db
    .selectFrom('key_windows')
    .select(['spent_microcredits', 'held_microcredits'])
    .where('budget_id', '=', budgetId)
    .where('window_start_ms', '=', budgetWindowStartMs(window, nowMs))
    .executeTakeFirst()
  return {
    spentMicrocredits: microcredits(row?.spent_microcredits ?? 0),
    heldMicrocredits: microcredits(row?.held_microcredits ?? 0),
  }
}

/** What may still be spent or held of what a merged guest brought along, and what is held of it. */
export async function readGuestBudget(db: DatabaseReader, guestBudgetId: string) {
  const row = await db
    .selectFrom('key_windows')
    .selectAll()
    .where('budget_id', '=', guestBudgetId)
    .where('window_start_ms', '=', 0)
    .executeTakeFirst()
  const heldMicrocredits = microcredits(row?.held_microcredits ?? 0)
  const limit = row?.limit_microcredits ?? 0
  return { leftMicrocredits: microcredits(limit - (row?.spent_microcredits ?? 0) - heldMicrocredits), heldMicrocredits }
}

/** What may still be spent or held; below 0 after a call that cost more than its hold. */
export function leftOf(budget: Budget, use: BudgetUse): Microcredits {
  return microcredits(budget.amountMicrocredits - use.spentMicrocredits - use.heldMicrocredits)
}
