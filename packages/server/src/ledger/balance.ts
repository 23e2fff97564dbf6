import { type Microcredits, microcredits } from '../kernel/microcredits.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { type StatementTarget, statement } from '../store/statement.ts'
import type { AccountId } from './chart-of-accounts.ts'

export interface WalletBalance {
  /** All that is in the wallet, held or not. Negative when credits were refunded that were spent. */
  readonly postedMicrocredits: Microcredits
  readonly heldMicrocredits: Microcredits
  /** What a new call can hold. */
  readonly availableMicrocredits: Microcredits
}

/** A user's wallet; one that never held anything has zeros. A store that does not answer throws: unknown is not zero. */
export async function readWallet(target: StatementTarget, userId: string): Promise<WalletBalance> {
  const { rows } = await findWallet.run(target, userId)
  const posted = rows[0]?.posted_microcredits ?? 0
  const held = rows[0]?.held_microcredits ?? 0
  return {
    postedMicrocredits: microcredits(posted),
    heldMicrocredits: microcredits(held),
    availableMicrocredits: microcredits(posted - held),
  }
}

const findWallet = statement<Row<'wallets'>>('select * from wallets where user_id = ?')

/** What a key may still hold of its budget in this window. */
export async function readBudgetLeft(
  target: StatementTarget,
  keyId: string,
  budget: { readonly amountMicrocredits: Microcredits; readonly windowStartMs: number },
): Promise<Microcredits> {
  const { rows } = await findWindow.run(target, keyId, budget.windowStartMs)
  const [window] = rows
  return microcredits(
    budget.amountMicrocredits - (window === undefined ? 0 : window.spent_microcredits + window.held_microcredits),
  )
}

const findWindow = statement<Row<'key_windows'>>('select * from key_windows where key_id = ? and window_start_ms = ?')

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
