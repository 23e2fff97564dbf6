import { assert } from '../kernel/assert.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { walletAccount } from '../ledger/chart-of-accounts.ts'
import { postTransfers } from '../ledger/post-transfers.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { findPurchaseOfSession, type Purchase } from './find-purchase.ts'
import type { PaidSession } from './payments.ts'
import { settleTakeBacks } from './take-back.ts'

/** What came of a session, in words for the inbox. `unknown` is parked, never forgotten; `mismatch` raises an alarm. */
export type FulfilOutcome =
  | { readonly kind: 'credited' | 'processing' | 'nothing_to_do'; readonly text: string }
  | { readonly kind: 'unknown' | 'mismatch'; readonly text: string }

/**
 * Credits a paid purchase, once. The webhook, the waiting page and the job for late webhooks all call it, in any order
 * and at once; it runs in the caller's transaction, so that "seen" and "credited" are one (I7).
 */
export async function fulfilPurchase(
  transaction: DatabaseTransaction,
  session: PaidSession,
  nowMs: number,
): Promise<FulfilOutcome> {
  const purchase = await findPurchaseOfSession(transaction, session)
  if (purchase === null) return { kind: 'unknown', text: `no purchase is known for session ${session.sessionId}` }
  if (purchase.status === 'complete')
    return { kind: 'nothing_to_do', text: `purchase ${purchase.id} was credited before` }
  const mismatch = findMismatch(purchase, session)
  if (mismatch !== null) return { kind: 'mismatch', text: `purchase ${purchase.id}: ${mismatch}; nothing was credited` }
  if (session.status === 'complete' && !session.isPaid) return markProcessing(transaction, purchase, session)
  if (!session.isPaid) return { kind: 'nothing_to_do', text: `purchase ${purchase.id} is not paid` }
  return credit(transaction, purchase, session, nowMs)
}

/** Everything that was agreed on has to be what was paid. */
function findMismatch(purchase: Purchase, session: PaidSession): string | null {
  if (!session.isPayment) return 'the session is no payment'
  if (session.amountMinor !== purchase.amount_minor)
    return `paid ${session.amountMinor}, agreed ${purchase.amount_minor}`
  if (session.currency !== purchase.currency) return `paid in ${session.currency}, agreed ${purchase.currency}`
  if (purchase.is_livemode !== null && session.isLivemode !== (purchase.is_livemode === 1))
    return 'test and live mode are mixed'
  if (purchase.stripe_session_id !== null && purchase.stripe_session_id !== session.sessionId)
    return `paid by another session, ${session.sessionId}`
  return null
}

/** A delayed method: the money is on its way, nothing is credited yet. States only move forward. */
async function markProcessing(
  transaction: DatabaseTransaction,
  purchase: Purchase,
  session: PaidSession,
): Promise<FulfilOutcome> {
  await transaction
    .updateTable('purchases')
    .set({
      status: 'processing',
      stripe_session_id: session.sessionId,
      stripe_payment_intent_id: session.paymentIntentId,
    })
    .where('id', '=', purchase.id)
    .where('status', 'in', ['creating', 'open', 'expired'])
    .execute()
  return { kind: 'processing', text: `purchase ${purchase.id} waits for a delayed payment` }
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
      status: 'complete',
      completed_at_ms: nowMs,
      failure: null,
      is_livemode: session.isLivemode ? 1 : 0,
      stripe_session_id: session.sessionId,
      stripe_payment_intent_id: session.paymentIntentId,
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
        debitAccount: 'operator:purchases',
        creditAccount: walletAccount(claimed.user_id),
        amountMicrocredits: microcredits(claimed.credits_microcredits),
        code: 'purchase',
        causeId: purchase.id,
      },
    ],
    nowMs,
  )
  assert(outcome === 'posted', `purchase ${purchase.id} was not complete and yet credited`)
  // A refund or a dispute may have been told before the payment was.
  await settleTakeBacks(transaction, claimed, nowMs)
  return { kind: 'credited', text: `purchase ${purchase.id} credited` }
}
