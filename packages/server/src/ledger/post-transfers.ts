import { sql } from 'kysely'
import { assert } from '../kernel/assert.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { type Session, statement } from '../store/statement.ts'
import { parseAccountId } from './chart-of-accounts.ts'
import { checkTransfer, type Transfer, type TransferRefusal } from './transfer.ts'

export type PostOutcome =
  | { readonly outcome: 'posted' }
  /** Every one of them was posted before, with the same fields: a replay. Nothing changed. */
  | { readonly outcome: 'exists' }
  | { readonly outcome: 'refused'; readonly refusal: TransferRefusal; readonly transferId: string }

/**
 * Posts transfers and the wallets' balances, all in the caller's transaction: all or, where one is refused, none.
 * A wallet may go below zero here (a refund of credits that are spent); use never debits through this but through holds.
 */
export async function postTransfers(
  transaction: DatabaseTransaction,
  transfers: readonly Transfer[],
  nowMs: number,
): Promise<PostOutcome> {
  const fresh: Transfer[] = []
  for (const transfer of transfers) {
    const refusal = checkTransfer(transfer)
    if (refusal !== null) return { outcome: 'refused', refusal, transferId: transfer.id }
    const standing = await findStanding(transaction, transfer)
    if (standing === 'different')
      return { outcome: 'refused', refusal: 'exists_with_different_fields', transferId: transfer.id }
    if (standing === 'new') fresh.push(transfer)
  }
  if (fresh.length === 0) return { outcome: 'exists' }
  // I2: all parts of one cause are written together, so a half that is there already is a contradiction.
  assert(fresh.length === transfers.length, `a part of ${transfers[0]?.causeId} was posted before, the rest was not`)
  await transaction
    .insertInto('transfers')
    .values(fresh.map((transfer) => rowOf(transfer, nowMs)))
    .execute()
  for (const transfer of fresh) {
    await creditWallet(transaction, transfer.debitAccount, -transfer.amountMicrocredits)
    await creditWallet(transaction, transfer.creditAccount, transfer.amountMicrocredits)
  }
  return { outcome: 'posted' }
}

/** A transfer as a call's end writes it. */
export interface Entry extends Transfer {
  readonly atMs: number
  /** The budgets that it was spent in, where it came out of such. */
  readonly budgets: Pick<Row<'transfers'>, 'budget_id' | 'budget_window_start_ms' | 'guest_budget_id'>
}

export const noBudgets: Entry['budgets'] = { budget_id: null, budget_window_start_ms: null, guest_budget_id: null }

/** Appends rows; a wallet's balance is its caller's to keep. Used by `settle-hold.ts`, which moves `posted` and `held` at once. */
export async function appendTransfers(session: Session, entries: readonly Entry[]): Promise<void> {
  await insertTransfers.run(
    session,
    entries.map(({ atMs, budgets, ...transfer }) => ({ ...rowOf(transfer, atMs), ...budgets })),
  )
}

function rowOf({ id, debitAccount, creditAccount, amountMicrocredits, code, causeId }: Transfer, nowMs: number) {
  return {
    id,
    debit_account: debitAccount,
    credit_account: creditAccount,
    amount_microcredits: amountMicrocredits,
    code,
    cause_id: causeId,
    created_at_ms: nowMs,
  }
}

const insertTransfers = statement<Omit<Row<'transfers'>, 'seq'>>(
  {
    ...{ id: 'text', debit_account: 'text', credit_account: 'text', amount_microcredits: 'bigint', code: 'text' },
    ...{ cause_id: 'text', created_at_ms: 'bigint', budget_id: 'text', budget_window_start_ms: 'bigint' },
    guest_budget_id: 'text',
  },
  ({ values }) =>
    `insert into transfers (id, debit_account, credit_account, amount_microcredits, code, cause_id, created_at_ms,
       budget_id, budget_window_start_ms, guest_budget_id) ${values}`,
)

async function findStanding(
  transaction: DatabaseTransaction,
  transfer: Transfer,
): Promise<'new' | 'same' | 'different'> {
  const row = await transaction.selectFrom('transfers').selectAll().where('id', '=', transfer.id).executeTakeFirst()
  if (row === undefined) return 'new'
  const isSame =
    row.debit_account === transfer.debitAccount &&
    row.credit_account === transfer.creditAccount &&
    row.amount_microcredits === transfer.amountMicrocredits &&
    row.code === transfer.code &&
    row.cause_id === transfer.causeId
  return isSame ? 'same' : 'different'
}

async function creditWallet(transaction: DatabaseTransaction, account: string, byMicrocredits: number): Promise<void> {
  const parsed = parseAccountId(account)
  if (parsed?.kind !== 'wallet') return
  await transaction
    .insertInto('wallets')
    .values({ user_id: parsed.ownerId, posted_microcredits: byMicrocredits, held_microcredits: 0 })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet({
        posted_microcredits: sql`wallets.posted_microcredits + excluded.posted_microcredits`,
      }),
    )
    .execute()
}
