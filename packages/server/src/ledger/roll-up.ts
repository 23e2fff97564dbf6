import { minuteMs } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'

/**
 * On PostgreSQL a lower sequence number may commit after a higher one. No transaction of ours lives as long as this, so
 * older transfers are all there.
 */
const marginMs = 5 * minuteMs

/** Folds settled transfers of the partners' and the operator's accounts into their roll-ups. Runs at once do no harm. */
export async function rollUpAccounts(db: Database, nowMs: number): Promise<void> {
  const newest = await db
    .selectFrom('transfers')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .where('created_at_ms', '<', nowMs - marginMs)
    .executeTakeFirst()
  const throughSeq = newest?.seq ?? null
  if (throughSeq === null) return
  const accounts = await db
    .selectFrom('transfers')
    .select('credit_account as account')
    .where('credit_account', 'not like', 'wallet:%')
    .union(db.selectFrom('transfers').select('debit_account as account').where('debit_account', 'not like', 'wallet:%'))
    .execute()
  for (const { account } of accounts) await rollUpAccount(db, account, throughSeq, nowMs)
}

async function rollUpAccount(db: Database, account: string, throughSeq: number, nowMs: number): Promise<void> {
  await transact(db, async (transaction) => {
    const standing = await transaction
      .selectFrom('account_roll_ups')
      .selectAll()
      .where('account', '=', account)
      .executeTakeFirst()
    const fromSeq = standing?.through_seq ?? 0
    if (fromSeq >= throughSeq) return
    const sumOf = async (side: 'credit_account' | 'debit_account') => {
      const row = await transaction
        .selectFrom('transfers')
        .select(({ fn, cast }) => cast<string | null>(fn.sum('amount_microcredits'), 'text').as('sum'))
        .where(side, '=', account)
        .where('seq', '>', fromSeq)
        .where('seq', '<=', throughSeq)
        .executeTakeFirst()
      return BigInt(row?.sum ?? 0)
    }
    const balance =
      BigInt(standing?.balance_microcredits ?? 0) + (await sumOf('credit_account')) - (await sumOf('debit_account'))
    const row = { account, balance_microcredits: String(balance), through_seq: throughSeq, updated_at_ms: nowMs }
    // Another server may have come first: the guard on `through_seq` keeps one of the two.
    if (standing === undefined) {
      await transaction
        .insertInto('account_roll_ups')
        .values(row)
        .onConflict((conflict) => conflict.column('account').doNothing())
        .execute()
    } else {
      await transaction
        .updateTable('account_roll_ups')
        .set(row)
        .where('account', '=', account)
        .where('through_seq', '=', fromSeq)
        .execute()
    }
  })
}
