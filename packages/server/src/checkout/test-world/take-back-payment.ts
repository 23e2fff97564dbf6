import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseTransaction } from '../../store/open-database.ts'
import { transact } from '../../store/transact.ts'
import type { Purchase } from '../find-purchase.ts'
import { recordTakeBack, type TakeBack } from '../take-back.ts'
import { takeTurn } from '../take-turn.ts'
import type { TestPayment } from './built-in-payment.ts'
import { newTestId } from './built-in-payments.ts'

/** A purchase and the payment that it was paid with. */
export interface Acted {
  readonly purchase: Purchase
  readonly payment: TestPayment
}

interface TakeBackDeps {
  readonly db: Database
  readonly clock: Clock
}

/**
 * Refunds a payment of the built-in page, by the function that takes Stripe's refunds.
 * @param amountMinor null: all that has not been refunded
 * @throws AppError `conflict` for a purchase that is not paid, `invalid_request` for more than is left
 */
export async function refundPayment(deps: TakeBackDeps, acted: Acted, amountMinor: number | null): Promise<void> {
  await inTurn(deps, acted, async (transaction) => {
    const left = acted.purchase.amount_minor - (await refundedMinor(transaction, acted))
    const refund = { kind: 'refunds', id: `re_test_${newTestId()}`, status: 'succeeded' } as const
    return { ...refund, amountMinor: upTo(left, amountMinor) }
  })
}

/** The bank of the payer takes the money back for now. @throws AppError `conflict` while another dispute is open */
export async function openDispute(deps: TakeBackDeps, acted: Acted, amountMinor: number | null): Promise<void> {
  await inTurn(deps, acted, async (transaction) => {
    if ((await findOpenDispute(transaction, acted)) !== undefined)
      throw new AppError('conflict', 'This payment is disputed already. Close that dispute first.')
    const dispute = { kind: 'disputes', id: `du_test_${newTestId()}`, status: 'needs_response' } as const
    return { ...dispute, amountMinor: upTo(acted.purchase.amount_minor, amountMinor) }
  })
}

/** The bank has decided. @throws AppError `conflict` without an open dispute */
export async function closeDispute(deps: TakeBackDeps, acted: Acted, status: 'won' | 'lost'): Promise<void> {
  await inTurn(deps, acted, async (transaction) => {
    const dispute = await findOpenDispute(transaction, acted)
    if (dispute === undefined) throw new AppError('conflict', 'This payment has no open dispute.')
    return { kind: 'disputes', id: dispute.id, amountMinor: dispute.amount_minor, status }
  })
}

/** Two at once take turns, so that together they do not take back more than was paid. */
async function inTurn(
  { db, clock }: TakeBackDeps,
  { payment }: Acted,
  decide: (transaction: DatabaseTransaction) => Promise<Pick<TakeBack, 'kind' | 'id' | 'amountMinor' | 'status'>>,
): Promise<void> {
  const nowMs = clock.nowMs()
  await transact(db, async (transaction) => {
    await takeTurn(transaction, payment.payment_intent_id)
    await requirePaid(transaction, payment.purchase_id)
    const of = { paymentIntentId: payment.payment_intent_id, currency: payment.currency, isOfLiveWorld: false }
    await recordTakeBack(transaction, { ...(await decide(transaction)), ...of, seenAtMs: nowMs }, nowMs)
  })
}

async function requirePaid(transaction: DatabaseTransaction, purchaseId: string): Promise<void> {
  const purchase = await transaction
    .selectFrom('purchases')
    .select('status')
    .where('id', '=', purchaseId)
    .executeTakeFirstOrThrow()
  if (purchase.status !== 'complete')
    throw new AppError('conflict', `Only a paid purchase can be taken back; this one is ${purchase.status}.`)
}

async function refundedMinor(transaction: DatabaseTransaction, { payment }: Acted): Promise<number> {
  const rows = await transaction
    .selectFrom('refunds')
    .select('amount_minor')
    .where('stripe_payment_intent_id', '=', payment.payment_intent_id)
    .execute()
  return rows.reduce((sum, row) => sum + row.amount_minor, 0)
}

function findOpenDispute(transaction: DatabaseTransaction, { payment }: Acted) {
  return transaction
    .selectFrom('disputes')
    .select(['id', 'amount_minor'])
    .where('stripe_payment_intent_id', '=', payment.payment_intent_id)
    .where('status', '=', 'needs_response')
    .executeTakeFirst()
}

function upTo(leftMinor: number, wantedMinor: number | null): number {
  const amountMinor = wantedMinor ?? leftMinor
  if (leftMinor > 0 && amountMinor <= leftMinor) return amountMinor
  throw new AppError('invalid_request', `amount_minor: expected at most ${leftMinor}, which is what is left.`, {
    param: 'amount_minor',
  })
}
