import { type Microcredits, microcredits } from '../kernel/microcredits.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { markOf, sumsAfter } from './roll-up.ts'

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

/** The balances of the partners' and the operator's accounts, from their roll-ups and the transfers since; none is 0. */
export async function readBalances(db: DatabaseReader): Promise<ReadonlyMap<string, bigint>> {
  const rollUps = await db.selectFrom('account_roll_ups').selectAll().execute()
  const balances = new Map(rollUps.map((row) => [row.account, BigInt(row.balance_microcredits)]))
  const { rows } = await sumsAfter(markOf(rollUps), null).execute(db)
  for (const { account, sum } of rows) balances.set(account, (balances.get(account) ?? 0n) + BigInt(sum))
  return balances
}
