import type { Database, DatabaseReader } from '../../store/open-database.ts'
import type { Row } from '../../store/schema.ts'
import type { PaidSession } from '../payments.ts'

/** A checkout session on the built-in page, with what it pays for. */
export type TestPayment = Row<'test_payments'> & {
  readonly partner_id: string
  readonly mode: Row<'purchases'>['mode']
  readonly expires_at_ms: number
}

/** Null for an unknown session. Purchases of the live world are never paid here, whatever the table says. */
export async function findTestPayment(
  db: DatabaseReader | Database,
  column: 'id' | 'purchase_id',
  value: string,
): Promise<TestPayment | null> {
  const row = await db
    .selectFrom('test_payments')
    .innerJoin('purchases', 'purchases.id', 'test_payments.purchase_id')
    .selectAll('test_payments')
    .select(['purchases.partner_id', 'purchases.mode', 'purchases.expires_at_ms'])
    .where(`test_payments.${column}`, '=', value)
    .where('purchases.livemode', '=', 0)
    .executeTakeFirst()
  return row ?? null
}

/** The session as fulfilment reads one of Stripe's. A payment that was sent arrives, or fails, when its time has come. */
export function toPaidSession(payment: TestPayment, nowMs: number): PaidSession {
  const hasSettled = payment.settles_at_ms !== null && payment.settles_at_ms <= nowMs
  return {
    sessionId: payment.id,
    purchaseId: payment.purchase_id,
    status: payment.state,
    isPaid: hasSettled && payment.settles_as === 'paid',
    hasFailed: hasSettled && payment.settles_as === 'failed',
    amountMinor: payment.amount_minor,
    currency: payment.currency,
    isLivemode: false,
    isOfLiveWorld: false,
    isPayment: true,
    paymentIntentId: payment.state === 'complete' ? payment.payment_intent_id : null,
    email: payment.email,
  }
}
