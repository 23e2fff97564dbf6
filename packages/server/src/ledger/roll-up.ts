import { minuteMs } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { operatorAccounts, partnerAccount } from './chart-of-accounts.ts'

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
  const partners = await db.selectFrom('partners').select('id').execute()
  const accounts = [...operatorAccounts, ...partners.map(({ id }) => partnerAccount(id))]
  for (const account of accounts) await rollUpAccount(db, account, throughSeq, nowMs)
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
      return row?.sum ?? null
    }
    const credits = await sumOf('credit_account')
    const debits = await sumOf('debit_account')
    // An account that rests is not written; the index finds the same nothing the next time.
    if (credits === null && debits === null) return
    const balance = BigInt(standing?.balance_microcredits ?? 0) + BigInt(credits ?? 0) - BigInt(debits ?? 0)
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
