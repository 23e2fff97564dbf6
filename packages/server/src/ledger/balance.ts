import { type Microcredits, microcredits } from '../kernel/microcredits.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { AccountId } from './chart-of-accounts.ts'

export interface WalletBalance {
  /** All that is in the wallet, held or not. Negative when credits were refunded that were spent. */
  readonly postedMicrocredits: Microcredits
  readonly heldMicrocredits: Microcredits
  /** What a new call can hold. */
  readonly availableMicrocredits: Microcredits
}

/** A user's wallet; one that never held anything has zeros. A store that does not answer throws: unknown is not zero. */
export async function readWallet(db: DatabaseReader, userId: string): Promise<WalletBalance> {
  const row = await db.selectFrom('wallets').selectAll().where('user_id', '=', userId).executeTakeFirst()
  const posted = row?.posted_microcredits ?? 0
  const held = row?.held_microcredits ?? 0
  return {
    postedMicrocredits: microcredits(posted),
    heldMicrocredits: microcredits(held),
    availableMicrocredits: microcredits(posted - held),
  }
}

/** What a key may still hold of its budget in this window. */
export async function readBudgetLeft(
  db: DatabaseReader,
  keyId: string,
  budget: { readonly amountMicrocredits: Microcredits; readonly windowStartMs: number },
): Promise<Microcredits> {
  const row = await db
    .selectFrom('key_windows')
    .selectAll()
    .where('key_id', '=', keyId)
    .where('window_start_ms', '=', budget.windowStartMs)
    .executeTakeFirst()
  return microcredits(
    budget.amountMicrocredits - (row === undefined ? 0 : row.spent_microcredits + row.held_microcredits),
  )
}

/** The balance of any account, from its roll-up and the transfers since: what it was credited less what it was debited. */
export async function accountBalance(db: DatabaseReader, account: AccountId): Promise<bigint> {
  const rollUp = await db.selectFrom('account_roll_ups').selectAll().where('account', '=', account).executeTakeFirst()
  const sums = await Promise.all(
    (['credit_account', 'debit_account'] as const).map((side) =>
      db
        .selectFrom('transfers')
        .select(({ fn, cast }) => cast<string | null>(fn.sum('amount_microcredits'), 'text').as('sum'))
        .where(side, '=', account)
        .where('seq', '>', rollUp?.through_seq ?? 0)
        .executeTakeFirst(),
    ),
  )
  const [credits = 0n, debits = 0n] = sums.map((row) => BigInt(row?.sum ?? 0))
  return BigInt(rollUp?.balance_microcredits ?? 0) + credits - debits
}
