import { sql } from 'kysely'
import { assert } from '../kernel/assert.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { type AccountId, walletAccount } from '../ledger/chart-of-accounts.ts'
import { postTransfers } from '../ledger/post-transfers.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import type { Purchase } from './find-purchase.ts'

type Kind = 'refunds' | 'disputes'

/** A refund or a dispute as Stripe tells it now. */
export interface TakeBack {
  readonly kind: Kind
  readonly id: string
  readonly paymentIntentId: string
  readonly amountMinor: number
  readonly currency: string
  readonly status: string
}

/** While it stands in one of these, its credits are not taken. */
const voidStatuses: Readonly<Record<Kind, readonly string[]>> = {
  refunds: ['failed', 'canceled'],
  disputes: ['won', 'warning_closed', 'warning_needs_response', 'warning_under_review', 'prevented'],
}

/** Once it stands in one of these it never leaves it: a late message about an earlier state changes nothing. */
const finalStatuses: Readonly<Record<Kind, readonly string[]>> = {
  refunds: ['failed', 'canceled'],
  disputes: ['won', 'lost', 'warning_closed', 'prevented'],
}

/**
 * Records a refund or dispute and takes its credits back from the wallet, or gives them back where it failed or was won.
 * Known by its own id, so cumulative amounts and repeated messages do no harm. One that comes before its purchase is
 * credited is kept and applied then. If the credits are spent, the wallet owes.
 */
export async function recordTakeBack(
  transaction: DatabaseTransaction,
  takeBack: TakeBack,
  purchase: Purchase | null,
  nowMs: number,
): Promise<string> {
  await transaction
    .insertInto(takeBack.kind)
    .values({
      id: takeBack.id,
      stripe_payment_intent_id: takeBack.paymentIntentId,
      purchase_id: purchase?.id ?? null,
      amount_minor: takeBack.amountMinor,
      currency: takeBack.currency,
      status: takeBack.status,
      debited_microcredits: 0,
      revision: 0,
      updated_at_ms: nowMs,
    })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({ status: takeBack.status, amount_minor: takeBack.amountMinor, updated_at_ms: nowMs })
        .where(`${takeBack.kind}.status`, 'not in', [...finalStatuses[takeBack.kind]]),
    )
    .execute()
  if (purchase === null || purchase.status !== 'complete')
    return `${takeBack.id} is kept until its purchase is credited`
  await settleTakeBacks(transaction, purchase, nowMs)
  return `${takeBack.id} is ${takeBack.status}`
}

/** Brings what is taken back from a credited purchase into line with what its refunds and disputes say now. */
export async function settleTakeBacks(
  transaction: DatabaseTransaction,
  purchase: Purchase,
  nowMs: number,
): Promise<void> {
  if (purchase.stripe_payment_intent_id === null) return
  // Locks the purchase, so that two refunds at once do not both think that they are the only one.
  await transaction
    .updateTable('purchases')
    .set({ completed_at_ms: sql`completed_at_ms` })
    .where('id', '=', purchase.id)
    .execute()
  let takenMinor = 0
  for (const kind of ['refunds', 'disputes'] as const) {
    const rows = await transaction
      .selectFrom(kind)
      .selectAll()
      .where('stripe_payment_intent_id', '=', purchase.stripe_payment_intent_id)
      .orderBy('id')
      .execute()
    for (const row of rows) {
      const isTaken = !voidStatuses[kind].includes(row.status)
      const upToMinor = Math.min(purchase.amount_minor, takenMinor + (isTaken ? row.amount_minor : 0))
      const due = creditsOf(purchase, upToMinor) - creditsOf(purchase, takenMinor)
      takenMinor = upToMinor
      await adjust(transaction, kind, row, purchase, due, nowMs)
    }
  }
}

/** The part of the purchase's credits that so much of its money bought. All of the money is all of the credits, whatever the parts. */
function creditsOf(purchase: Purchase, amountMinor: number): number {
  return Number((BigInt(purchase.credits_microcredits) * BigInt(amountMinor)) / BigInt(purchase.amount_minor))
}

async function adjust(
  transaction: DatabaseTransaction,
  kind: Kind,
  row: Row<Kind>,
  purchase: Purchase,
  dueMicrocredits: number,
  nowMs: number,
): Promise<void> {
  const change = dueMicrocredits - row.debited_microcredits
  if (change === 0) return
  const name = kind === 'refunds' ? 'refund' : 'dispute'
  const wallet = walletAccount(purchase.user_id)
  const other: AccountId = kind === 'refunds' ? 'operator:purchases' : 'operator:disputes'
  const revision = row.revision + 1
  const { outcome } = await postTransfers(
    transaction,
    [
      {
        id: `${name}:${row.id}:${revision}`,
        debitAccount: change > 0 ? wallet : other,
        creditAccount: change > 0 ? other : wallet,
        amountMicrocredits: microcredits(Math.abs(change)),
        code: change > 0 ? name : `${name}_reversal`,
        causeId: row.id,
      },
    ],
    nowMs,
  )
  assert(outcome === 'posted', `${row.id} was adjusted twice`)
  await transaction
    .updateTable(kind)
    .set({ purchase_id: purchase.id, debited_microcredits: dueMicrocredits, revision, updated_at_ms: nowMs })
    .where('id', '=', row.id)
    .execute()
}
