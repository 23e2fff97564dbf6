import { assert } from '../kernel/assert.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { raiseBudget } from '../keys/raise-budget.ts'
import { operatorAccount, walletAccount } from '../ledger/chart-of-accounts.ts'
import { postTransfers } from '../ledger/post-transfers.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { queueMail } from '../users/mail/outbox.ts'
import { creditsData } from '../webhook-events/event-data.ts'
import { recordEvent } from '../webhook-events/record-event.ts'
import { lockPurchaseOfSession, type Purchase } from './find-purchase.ts'
import type { PaidSession } from './payments.ts'
import { settleTakeBacks } from './take-back.ts'
import { takeTurn } from './take-turn.ts'

/**
 * What came of a session, in words for the inbox. `unknown` is parked, never forgotten; `mismatch` raises an alarm;
 * `foreign`, a session of the other world, is parked and raises one.
 */
export type FulfilOutcome =
  | { readonly kind: 'credited' | 'moved' | 'nothing_to_do'; readonly text: string }
  | { readonly kind: 'unknown' | 'mismatch' | 'foreign'; readonly text: string }

/**
 * Lets a purchase follow its session, and credits it, once, when it is paid. The webhook, the waiting page and the job
 * for late webhooks all call it, in any order and at once; it runs in the caller's transaction, so that "seen" and
 * "credited" are one (I7).
 */
export async function fulfilPurchase(
  transaction: DatabaseTransaction,
  session: PaidSession,
  nowMs: number,
): Promise<FulfilOutcome> {
  if (session.paymentIntentId !== null) await takeTurn(transaction, session.paymentIntentId)
  const purchase = await lockPurchaseOfSession(transaction, session)
  if (purchase === null) return { kind: 'unknown', text: `no purchase is known for session ${session.sessionId}` }
  if (session.isOfLiveWorld !== (purchase.livemode === 1)) {
    const [own, other] = session.isOfLiveWorld ? ['test', 'live'] : ['live', 'test']
    const text = `purchase ${purchase.id} is of the ${own} world, session ${session.sessionId} of the ${other} one`
    return { kind: 'foreign', text: `${text}; nothing was credited` }
  }
  const mismatch = findMismatch(purchase, session)
  if (mismatch !== null) return { kind: 'mismatch', text: `purchase ${purchase.id}: ${mismatch}; nothing was credited` }
  if (purchase.status === 'complete')
    return { kind: 'nothing_to_do', text: `purchase ${purchase.id} was credited before` }
  if (session.isPaid) return credit(transaction, purchase, session, nowMs)
  return followUnpaid(transaction, purchase, session)
}

/** Everything that was agreed on has to be what was paid. */
function findMismatch(purchase: Purchase, session: PaidSession): string | null {
  if (!session.isPayment) return 'the session is no payment'
  if (session.isLivemode && !session.isOfLiveWorld) return 'real money was paid for a test purchase'
  if (session.amountMinor !== purchase.amount_minor)
    return `paid ${session.amountMinor}, agreed ${purchase.amount_minor}`
  if (session.currency !== purchase.currency) return `paid in ${session.currency}, agreed ${purchase.currency}`
  if (purchase.is_livemode !== null && session.isLivemode !== (purchase.is_livemode === 1))
    return 'test and live mode are mixed'
  if (purchase.stripe_session_id !== null && purchase.stripe_session_id !== session.sessionId)
    return `paid by another session, ${session.sessionId}`
  return null
}

type UnpaidStatus = 'open' | 'processing' | 'failed' | 'expired'

/** Messages come in any order, and states only move forward: each may follow only those that can come before it. */
const comesAfter: Readonly<Record<UnpaidStatus, readonly Purchase['status'][]>> = {
  open: ['creating'],
  // The form was submitted, so it cannot have expired: a clock of ours was early.
  processing: ['creating', 'open', 'expired'],
  failed: ['creating', 'open', 'processing'],
  expired: ['creating', 'open'],
}

async function followUnpaid(
  transaction: DatabaseTransaction,
  purchase: Purchase,
  session: PaidSession,
): Promise<FulfilOutcome> {
  const status = unpaidStatusOf(session)
  if (!comesAfter[status].includes(purchase.status))
    return { kind: 'nothing_to_do', text: `purchase ${purchase.id} stays ${purchase.status}` }
  await transaction
    .updateTable('purchases')
    .set({
      status,
      failure: status === 'failed' ? 'The bank did not pay. Nothing was charged; try another way to pay.' : null,
      is_livemode: session.isLivemode ? 1 : 0,
      stripe_session_id: session.sessionId,
      stripe_payment_intent_id: session.paymentIntentId ?? purchase.stripe_payment_intent_id,
    })
    .where('id', '=', purchase.id)
    .execute()
  return { kind: 'moved', text: `purchase ${purchase.id} is ${status}` }
}

/** A session is `complete` as soon as its form was submitted; a delayed payment arrives, or fails, days later. */
function unpaidStatusOf(session: PaidSession): UnpaidStatus {
  if (session.status !== 'complete') return session.status
  return session.hasFailed ? 'failed' : 'processing'
}

async function credit(
  transaction: DatabaseTransaction,
  purchase: Purchase,
  session: PaidSession,
  nowMs: number,
): Promise<FulfilOutcome> {
  // The guard on the state makes this transaction the only one that goes on.
  const claimed = await transaction
    .updateTable('purchases')
    .set({
      user_id: await lockBuyer(transaction, purchase.user_id),
      status: 'complete',
      completed_at_ms: nowMs,
      failure: null,
      is_livemode: session.isLivemode ? 1 : 0,
      stripe_session_id: session.sessionId,
      stripe_payment_intent_id: session.paymentIntentId,
      email: session.email,
    })
    .where('id', '=', purchase.id)
    .where('status', '!=', 'complete')
    .returningAll()
    .executeTakeFirst()
  if (claimed === undefined) return { kind: 'nothing_to_do', text: `purchase ${purchase.id} was credited before` }
  const { outcome } = await postTransfers(
    transaction,
    [
      {
        id: `purchase:${purchase.id}`,
        debitAccount: operatorAccount('operator:purchases', claimed.livemode === 1),
        creditAccount: walletAccount(claimed.user_id),
        amountMicrocredits: microcredits(claimed.credits_microcredits),
        code: 'purchase',
        causeId: purchase.id,
      },
    ],
    nowMs,
  )
  assert(outcome === 'posted', `purchase ${purchase.id} was not complete and yet credited`)
  await tellPartner(transaction, claimed, nowMs)
  // A refund or a dispute may have been told before the payment was.
  await settleTakeBacks(transaction, await raiseLimit(transaction, claimed, nowMs), nowMs)
  if (purchase.livemode === 1) await queueMail(transaction, { kind: 'receipt', purchaseId: purchase.id }, nowMs)
  return { kind: 'credited', text: `purchase ${purchase.id} credited` }
}

/**
 * Returns whose wallet it is now, by a write that changes nothing: a guest is not merged in between. A server that knew a
 * guest's key a moment longer may have opened a checkout for a guest who was merged before.
 */
async function lockBuyer(transaction: DatabaseTransaction, userId: string): Promise<string> {
  const buyer = await transaction
    .updateTable('users')
    .set((of) => ({ created_at_ms: of.ref('created_at_ms') }))
    .where('id', '=', userId)
    .returning('merged_into_user_id')
    .executeTakeFirstOrThrow()
  return buyer.merged_into_user_id ?? userId
}

async function tellPartner(transaction: DatabaseTransaction, purchase: Purchase, nowMs: number): Promise<void> {
  const { id, partner_id: partnerId, user_id: userId, amount_minor, currency } = purchase
  const data = {
    ...{ purchase_id: id, amount_minor, currency, completed_at: Math.floor(nowMs / 1000) },
    ...creditsData(purchase.credits_microcredits),
  }
  const event = { type: 'purchase.completed', partnerId, userId, cause: id, data } as const
  await recordEvent(transaction, event, nowMs)
}

/** Where no limit was raised, none is lowered by a refund. */
async function raiseLimit(transaction: DatabaseTransaction, purchase: Purchase, nowMs: number): Promise<Purchase> {
  if (purchase.raises_budget !== 1) return purchase
  if (await raiseBudget(transaction, paidPurchase(purchase), nowMs)) return purchase
  await transaction.updateTable('purchases').set({ raises_budget: 0 }).where('id', '=', purchase.id).execute()
  return { ...purchase, raises_budget: 0 }
}

function paidPurchase(purchase: Purchase) {
  return {
    userId: purchase.user_id,
    partnerId: purchase.partner_id,
    keyId: purchase.key_id,
    creditsMicrocredits: microcredits(purchase.credits_microcredits),
  }
}
