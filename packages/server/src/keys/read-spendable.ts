import { type Microcredits, microcredits, minMicrocredits } from '../kernel/microcredits.ts'
import { readWallet } from '../ledger/balance.ts'
import { leftOf, readBudgetUse } from '../ledger/budget-left.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { AuthenticatedKey } from './authenticate-key.ts'

/** What one key can spend, and what is held of it. */
export interface Spendable {
  /** The scarcer of the wallet and what is left of the budget. Below 0 only where the wallet is. */
  readonly availableMicrocredits: Microcredits
  /** For calls of the key and of those that share its budget; without one, all that is held in the wallet. */
  readonly heldMicrocredits: Microcredits
}

/** Reads what a key can spend. The rest of the wallet is for its owner to see, not for who holds a key. */
export async function readSpendable(
  db: DatabaseReader,
  { userId, budget, budgetId }: Pick<AuthenticatedKey, 'userId' | 'budget' | 'budgetId'>,
  nowMs: number,
): Promise<Spendable> {
  const wallet = await readWallet(db, userId)
  if (budget === null) return wallet
  const use = await readBudgetUse(db, { budgetId, window: budget.window }, nowMs)
  const left = microcredits(Math.max(0, leftOf(budget, use)))
  return {
    availableMicrocredits: minMicrocredits(wallet.availableMicrocredits, left),
    heldMicrocredits: use.heldMicrocredits,
  }
}
