import { type RawBuilder, sql } from 'kysely'
import { minuteMs } from '../kernel/clock.ts'
import { type Database, type DatabaseTransaction, engineOf } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { transact } from '../store/transact.ts'
import { readNewestSeq } from './newest-transfer.ts'

/**
 * Where transactions run side by side, a lower sequence number may commit after a higher one. None of ours lives as long
 * as this, so older transfers are all there.
 */
const marginMs = 5 * minuteMs
/** One transaction folds no more than this: on SQLite everybody else waits for it. */
const transfersMax = 20_000

/**
 * Folds transfers into the roll-ups of the partners' and the operator's accounts, all accounts up to the same transfer,
 * so that a balance is its roll-up and the few that came since. Runs at once do no harm.
 */
export async function rollUpAccounts(db: Database, nowMs: number): Promise<void> {
  const beforeMs = engineOf(db).hasOneWriter ? nowMs + 1 : nowMs - marginMs
  for (;;) {
    const folded = await transact(db, (transaction) => rollUpSome(transaction, beforeMs, nowMs))
    if (folded < transfersMax) return
  }
}

/** @returns how many transfers were folded. */
async function rollUpSome(transaction: DatabaseTransaction, beforeMs: number, nowMs: number): Promise<number> {
  await lockRollUps(transaction, nowMs)
  const standing = await transaction.selectFrom('account_roll_ups').selectAll().execute()
  const mark = markOf(standing)
  const throughSeq = Math.min(await readNewestSeq(transaction, beforeMs), mark + transfersMax)
  if (throughSeq <= mark) return 0
  const { rows } = await sumsAfter(mark, throughSeq).execute(transaction)
  const balances = new Map(standing.map((row) => [row.account, BigInt(row.balance_microcredits)]))
  const changed = rows.map(({ account, sum }) => ({
    account,
    balance_microcredits: String((balances.get(account) ?? 0n) + BigInt(sum)),
    through_seq: throughSeq,
    updated_at_ms: nowMs,
  }))
  if (changed.length > 0) {
    await transaction
      .insertInto('account_roll_ups')
      .values(changed)
      .onConflict((conflict) =>
        conflict.column('account').doUpdateSet(({ ref }) => ({
          balance_microcredits: ref('excluded.balance_microcredits'),
          through_seq: ref('excluded.through_seq'),
          updated_at_ms: ref('excluded.updated_at_ms'),
        })),
      )
      .execute()
  }
  await transaction
    .updateTable('account_roll_ups')
    .set({ through_seq: throughSeq, updated_at_ms: nowMs })
    .where('account', '=', markAccount)
    .execute()
  return throughSeq - mark
}

/** Its roll-up is always there, and tells how far all are; whoever rolls up holds it. */
const markAccount = 'operator:provider_cost'

async function lockRollUps(transaction: DatabaseTransaction, nowMs: number): Promise<void> {
  await transaction
    .insertInto('account_roll_ups')
    .values({ account: markAccount, balance_microcredits: '0', through_seq: 0, updated_at_ms: nowMs })
    .onConflict((conflict) => conflict.column('account').doUpdateSet({ updated_at_ms: nowMs }))
    .execute()
}

/** The transfer up to which every account is rolled up: one whose roll-up is older has had none since. */
export function markOf(rollUps: readonly Row<'account_roll_ups'>[]): number {
  return rollUps.find(({ account }) => account === markAccount)?.through_seq ?? 0
}

/** What the accounts that are rolled up were credited less what they were debited, after one transfer and up to another. */
export function sumsAfter(afterSeq: number, throughSeq: number | null): RawBuilder<{ account: string; sum: string }> {
  const range = sql`seq > ${afterSeq} ${throughSeq === null ? sql`` : sql`and seq <= ${throughSeq}`}`
  return sql`
    select account, cast(sum(amount) as text) as sum from (
      select credit_account as account, amount_microcredits as amount from transfers where ${range}
      union all
      select debit_account, -amount_microcredits from transfers where ${range}) as moved
    where account not like 'wallet:%' group by account`
}
