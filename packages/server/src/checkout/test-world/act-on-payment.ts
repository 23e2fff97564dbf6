import { AppError } from '../../kernel/app-error.ts'
import { assert } from '../../kernel/assert.ts'
import { type Clock, secondMs } from '../../kernel/clock.ts'
import { readWorldNowMs } from '../../keys/world-time.ts'
import type { Database, DatabaseTransaction } from '../../store/open-database.ts'
import { transact } from '../../store/transact.ts'
import { readEmail } from '../../users/email-address.ts'
import { fulfilPurchase } from '../fulfil-purchase.ts'
import { takeTurn } from '../take-turn.ts'
import { findTestPayment, type TestPayment, toPaidSession } from './built-in-payment.ts'

/** What a bank would say. https://docs.stripe.com/declines/codes */
export const declineCodes = [
  'generic_decline',
  'insufficient_funds',
  'lost_card',
  'expired_card',
  'incorrect_cvc',
  'processing_error',
] as const
export type DeclineCode = (typeof declineCodes)[number]

/** What a developer wants to see happen to a payment. */
export type PaymentAct =
  | { readonly action: 'pay'; readonly email?: string | null | undefined }
  /** The bank takes its time, by the test world's clock, and then pays, or does not. */
  | { readonly action: 'pay_later'; readonly succeeds: boolean; readonly email?: string | null | undefined }
  /** The bank that takes its time has decided. */
  | { readonly action: 'settle' }
  | { readonly action: 'decline'; readonly code: DeclineCode }
  | { readonly action: 'expire' }

/** How long a delayed payment takes by itself. */
export const paysLaterAfterMs = 10 * secondMs

/**
 * Does what the built-in page was asked, and lets the purchase follow in the same transaction, by the function that
 * follows Stripe's sessions. Of several acts at once, one finds the payment open; a repeat of one that was done changes
 * nothing.
 * @throws AppError `conflict` where the payment has ended otherwise
 */
export async function actOnPayment(
  deps: { readonly db: Database; readonly clock: Clock },
  payment: TestPayment,
  act: PaymentAct,
): Promise<TestPayment> {
  const worldNowMs = await readWorldNowMs(deps, { partnerId: payment.partner_id, livemode: false })
  const isOver = act.action !== 'settle' && payment.expires_at_ms <= worldNowMs
  const after = await transact(deps.db, async (transaction) => {
    // Before any other lock, as whatever speaks of a payment does.
    await takeTurn(transaction, payment.payment_intent_id)
    await change(transaction, payment.id, { act: isOver ? { action: 'expire' } : act, worldNowMs })
    const changed = await findTestPayment(transaction, 'id', payment.id)
    assert(changed !== null, 'payments are never deleted')
    await fulfilPurchase(transaction, toPaidSession(changed, worldNowMs), deps.clock.nowMs())
    return changed
  })
  if (after.state === endsIn[act.action]) return after
  throw new AppError('conflict', explanations[after.state])
}

const endsIn: Readonly<Record<PaymentAct['action'], TestPayment['state']>> = {
  pay: 'complete',
  pay_later: 'complete',
  settle: 'complete',
  decline: 'open',
  expire: 'expired',
}

const explanations: Readonly<Record<TestPayment['state'], string>> = {
  open: 'This payment has not been sent yet: there is nothing that a bank could decide.',
  complete: 'This payment has been sent already.',
  expired: 'This payment page has expired. Open a new checkout.',
}

/** Changes a payment that is open, or that waits for its bank; any other stays as it is. */
async function change(
  transaction: DatabaseTransaction,
  paymentId: string,
  { act, worldNowMs }: { readonly act: PaymentAct; readonly worldNowMs: number },
): Promise<void> {
  const update = transaction.updateTable('test_payments').where('id', '=', paymentId)
  const ofOpen = update.where('state', '=', 'open')
  switch (act.action) {
    case 'pay':
      return void (await ofOpen.set({ ...sent(act.email), settles_as: 'paid', settles_at_ms: worldNowMs }).execute())
    case 'pay_later': {
      const settles_at_ms = worldNowMs + paysLaterAfterMs
      const settles_as = act.succeeds ? 'paid' : 'failed'
      return void (await ofOpen.set({ ...sent(act.email), settles_as, settles_at_ms }).execute())
    }
    case 'settle':
      return void (await update
        .set({ settles_at_ms: worldNowMs })
        .where('state', '=', 'complete')
        .where('settles_at_ms', '>', worldNowMs)
        .execute())
    case 'decline':
      return void (await ofOpen.set({ declined_as: act.code }).execute())
    case 'expire':
      return void (await ofOpen.set({ state: 'expired' }).execute())
  }
}

/** Addresses are kept in one spelling, as those that Stripe collects. */
function sent(typed: string | null | undefined) {
  const email = readEmail(typed)
  return { state: 'complete' as const, declined_as: null, ...(email === null ? {} : { email }) }
}
