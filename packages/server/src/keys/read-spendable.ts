import { type Microcredits, microcredits, minMicrocredits } from '../kernel/microcredits.ts'
import { readWallet } from '../ledger/balance.ts'
import { leftOf, readBudgetUse, readGuestBudget } from '../ledger/budget-left.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { AuthenticatedKey } from './authenticate-key.ts'
import type { KeyBudgets } from './read-key.ts'

/** What one key can spend, and what is held of it. */
export interface Spendable {
  /** The scarcer of the wallet and what is left of the budgets. Below 0 only where the wallet is. */
  readonly availableMicrocredits: Microcredits
  /** For calls of the key and of those that share its budget; without one, all that is held in the wallet. */
  readonly heldMicrocredits: Microcredits
}

/** Reads what a key can spend. The rest of the wallet is for its owner to see, not for who holds a key. */
export async function readSpendable(
  db: DatabaseReader,
  key: Pick<AuthenticatedKey, 'userId' | keyof KeyBudgets>,
  nowMs: number,
): Promise<Spendable> {
  const wallet = await readWallet(db, key.userId)
  const limit = await readLimit(db, key, nowMs)
  if (limit === null) return wallet
  const left = microcredits(Math.max(0, limit.leftMicrocredits))
  return {
    availableMicrocredits: minMicrocredits(wallet.availableMicrocredits, left),
    heldMicrocredits: limit.heldMicrocredits,
  }
}

/** What a key may still spend or hold of its budgets; null: as much as the wallet has. */
export async function readBudgetLeft(db: DatabaseReader, key: KeyBudgets, nowMs: number): Promise<Microcredits | null> {
  return (await readLimit(db, key, nowMs))?.leftMicrocredits ?? null
}

interface Limit {
  readonly leftMicrocredits: Microcredits
  readonly heldMicrocredits: Microcredits
}

/** The scarcer one, where there are two. */
async function readLimit(
  db: DatabaseReader,
  { budget, budgetId, guestBudgetId }: KeyBudgets,
  nowMs: number,
): Promise<Limit | null> {
  const use = budget === null ? null : await readBudgetUse(db, { budgetId, window: budget.window }, nowMs)
  const ofBudget =
    budget === null || use === null
      ? null
      : { leftMicrocredits: leftOf(budget, use), heldMicrocredits: use.heldMicrocredits }
  const ofGuest = guestBudgetId === null ? null : await readGuestBudget(db, guestBudgetId)
  if (ofBudget === null || ofGuest === null) return ofBudget ?? ofGuest
  return ofGuest.leftMicrocredits < ofBudget.leftMicrocredits ? ofGuest : ofBudget
}
