import { assert } from '../kernel/assert.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { raiseBudget } from '../keys/raise-budget.ts'
import { operatorAccount } from '../ledger/chart-of-accounts.ts'
import { postTransfers } from '../ledger/post-transfers.ts'
import type { Transfer } from '../ledger/transfer.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { creditsData } from '../webhook-events/event-data.ts'
import { recordEvent } from '../webhook-events/record-event.ts'
import { allocateTakeBacks } from './allocate-take-backs.ts'
import { lockPurchase, type Purchase } from './find-purchase.ts'
import { splitTakeBack, type TakeBackPart } from './split-take-back.ts'
import { takeTurn } from './take-turn.ts'

type Kind = 'refunds' | 'disputes'
type ClaimRow = Row<Kind> & { readonly kind: Kind }

/** A refund or a dispute as one message of Stripe shows it. */
export interface TakeBack {
  readonly kind: Kind
  readonly id: string
  readonly paymentIntentId: string
  readonly amountMinor: number
  readonly currency: string
  readonly status: string
  /** When Stripe made the message. Its clock has seconds. */
  readonly seenAtMs: number
  /** Of which world the message is. */
  readonly isOfLiveWorld: boolean
}

export interface TakeBackOutcome {
  /** One sentence. */
  readonly text: string
  /** It speaks of the other world's money, so nothing was done. */
  readonly isForeign: boolean
}

/** While it stands in one of these, its credits are not taken: no money moved, or it came back. */
const voidStatuses: Readonly<Record<Kind, readonly string[]>> = {
  refunds: ['failed', 'canceled'],
  disputes: ['won', 'warning_closed', 'warning_needs_response', 'warning_under_review', 'prevented'],
}

/** Within one second of Stripe's clock, what can only come after the other is the newer. All else ranks between. */
const earlyStatuses = ['pending', 'requires_action', 'warning_needs_response', 'warning_under_review']
const lateStatuses = ['failed', 'canceled', 'won', 'lost', 'warning_closed', 'prevented']

/**
 * Records a refund or dispute and takes its credits back from the wallet, or gives them back where it failed or was won.
 * Known by its own id, so cumulative amounts and repeated messages do no harm; an older message never undoes a newer one.
 * One that comes before its purchase is credited is kept and applied then. If the credits are spent, the wallet owes; an
 * account owes nothing that a guest had spent (`split-take-back.ts`).
 */
export async function recordTakeBack(
  transaction: DatabaseTransaction,
  takeBack: TakeBack,
  nowMs: number,
): Promise<TakeBackOutcome> {
  await takeTurn(transaction, takeBack.paymentIntentId)
  const purchase = await lockPurchase(transaction, 'stripe_payment_intent_id', takeBack.paymentIntentId)
  if (purchase !== null && (purchase.livemode === 1) !== takeBack.isOfLiveWorld)
    return { text: `${takeBack.id} is not of the world of purchase ${purchase.id}; nothing was taken`, isForeign: true }
  const isNews = await keepNewest(transaction, takeBack, purchase?.id ?? null)
  if (purchase === null || purchase.status !== 'complete')
    return { text: `${takeBack.id} is kept until its purchase is credited`, isForeign: false }
  await settleTakeBacks(transaction, purchase, nowMs)
  const text = isNews ? `${takeBack.id} is ${takeBack.status}` : `a newer state of ${takeBack.id} is known`
  return { text, isForeign: false }
}

async function keepNewest(
  transaction: DatabaseTransaction,
  takeBack: TakeBack,
  purchaseId: string | null,
): Promise<boolean> {
  const state = {
    amount_minor: takeBack.amountMinor,
    currency: takeBack.currency,
    status: takeBack.status,
    // Stripe's time, not ours: messages are put in order by it.
    updated_at_ms: takeBack.seenAtMs,
  }
  const inserted = await transaction
    .insertInto(takeBack.kind)
    .values({
      id: takeBack.id,
      stripe_payment_intent_id: takeBack.paymentIntentId,
      purchase_id: purchaseId,
      livemode: takeBack.isOfLiveWorld ? 1 : 0,
      debited_microcredits: 0,
      revision: 0,
      ...state,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted !== undefined) return true
  const known = await transaction
    .selectFrom(takeBack.kind)
    .select(['status', 'updated_at_ms'])
    .where('id', '=', takeBack.id)
    .executeTakeFirstOrThrow()
  const byTime = takeBack.seenAtMs - known.updated_at_ms
  const isNewer = byTime > 0 || (byTime === 0 && rankOf(takeBack.status) > rankOf(known.status))
  if (isNewer) await transaction.updateTable(takeBack.kind).set(state).where('id', '=', takeBack.id).execute()
  return isNewer
}

function rankOf(status: string): number {
  if (earlyStatuses.includes(status)) return 0
  return lateStatuses.includes(status) ? 2 : 1
}

/**
 * Brings what is taken back from a credited purchase into line with what its refunds and disputes say now.
 * @param purchase locked by this transaction, so that two refunds at once do not both think that they are the only one
 */
export async function settleTakeBacks(
  transaction: DatabaseTransaction,
  purchase: Purchase,
  nowMs: number,
): Promise<void> {
  if (purchase.stripe_payment_intent_id === null) return
  const rows = [
    ...(await claimsOn(transaction, 'refunds', purchase)),
    ...(await claimsOn(transaction, 'disputes', purchase)),
  ]
  const due = allocateTakeBacks(
    { amountMinor: purchase.amount_minor, creditsMicrocredits: purchase.credits_microcredits },
    rows.map((row) => ({
      id: row.id,
      // Another currency cannot be compared with what was paid: until a person has looked, all of it counts.
      amountMinor: row.currency === purchase.currency ? row.amount_minor : purchase.amount_minor,
      isActive: !voidStatuses[row.kind].includes(row.status),
    })),
  )
  for (const row of rows) await adjust(transaction, { row, purchase, due: due.get(row.id), nowMs })
}

async function claimsOn(
  transaction: DatabaseTransaction,
  kind: Kind,
  purchase: Purchase,
): Promise<readonly ClaimRow[]> {
  const rows = await transaction
    .selectFrom(kind)
    .selectAll()
    .where('stripe_payment_intent_id', '=', purchase.stripe_payment_intent_id)
    .where('livemode', '=', purchase.livemode)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ ...row, kind }))
}

interface Adjustment {
  readonly row: ClaimRow
  readonly purchase: Purchase
  readonly due: number | undefined
  readonly nowMs: number
}

/** The revision names the transfer, so that one refund may be taken, given back and taken again. */
async function adjust(transaction: DatabaseTransaction, { row, purchase, due, nowMs }: Adjustment): Promise<void> {
  assert(due !== undefined, 'every claim has its part')
  const change = due - row.debited_microcredits
  if (change === 0 && row.purchase_id === purchase.id) return
  const revision = change === 0 ? row.revision : row.revision + 1
  if (change !== 0) {
    const parts = await splitTakeBack(transaction, purchase, change)
    const livemode = purchase.livemode === 1
    const transfers = parts.map((part) => transferOf({ ...row, revision }, part, livemode))
    const { outcome } = await postTransfers(transaction, transfers, nowMs)
    assert(outcome === 'posted', `${row.id} was adjusted twice`)
    await lowerLimit(transaction, purchase, { byMicrocredits: change, nowMs })
    await tellPartner(transaction, { row: { ...row, debited_microcredits: due, revision }, purchase }, nowMs)
  }
  await transaction
    .updateTable(row.kind)
    .set({ purchase_id: purchase.id, debited_microcredits: due, revision })
    .where('id', '=', row.id)
    .execute()
}

/** Each revision is an event: taken, given back, taken again. */
async function tellPartner(
  transaction: DatabaseTransaction,
  { row, purchase }: { readonly row: ClaimRow; readonly purchase: Purchase },
  nowMs: number,
): Promise<void> {
  const { partner_id: partnerId, user_id: userId } = purchase
  const of = { partnerId, userId, cause: `${row.id}:${row.revision}` }
  const data = {
    ...{ purchase_id: purchase.id, amount_minor: row.amount_minor, currency: row.currency, status: row.status },
    ...creditsData(row.debited_microcredits),
  }
  if (row.kind === 'refunds')
    await recordEvent(transaction, { ...of, type: 'purchase.refunded', data: { refund_id: row.id, ...data } }, nowMs)
  else
    await recordEvent(transaction, { ...of, type: 'purchase.disputed', data: { dispute_id: row.id, ...data } }, nowMs)
}

function transferOf(row: ClaimRow, { account, changeMicrocredits, suffix }: TakeBackPart, livemode: boolean): Transfer {
  const name = row.kind === 'refunds' ? 'refund' : 'dispute'
  const operator = operatorAccount(row.kind === 'refunds' ? 'operator:purchases' : 'operator:disputes', livemode)
  const isTaken = changeMicrocredits > 0
  return {
    id: `${name}:${row.id}:${row.revision}${suffix}`,
    debitAccount: isTaken ? account : operator,
    creditAccount: isTaken ? operator : account,
    amountMicrocredits: microcredits(Math.abs(changeMicrocredits)),
    code: isTaken ? name : `${name}_reversal`,
    causeId: row.id,
  }
}

/** Whoever pays, and gets the money back, must not have let an app spend more of what else its user has. */
async function lowerLimit(
  transaction: DatabaseTransaction,
  purchase: Purchase,
  { byMicrocredits, nowMs }: { readonly byMicrocredits: number; readonly nowMs: number },
): Promise<void> {
  if (purchase.raises_budget !== 1) return
  const { user_id: userId, partner_id: partnerId, key_id: keyId } = purchase
  await raiseBudget(
    transaction,
    { userId, partnerId, keyId, creditsMicrocredits: microcredits(-byMicrocredits) },
    nowMs,
  )
}
