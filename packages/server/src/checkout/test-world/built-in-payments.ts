import { randomBytes } from 'node:crypto'
import { assert } from '../../kernel/assert.ts'
import type { Clock } from '../../kernel/clock.ts'
import { readWorldNowMs } from '../../keys/world-time.ts'
import type { Database } from '../../store/open-database.ts'
import { readEmail } from '../../users/email-address.ts'
import {
  type CreatedSession,
  type PaidSession,
  PaymentRefused,
  type Payments,
  type SessionRequest,
} from '../payments.ts'
import { findTestPayment, type TestPayment, toPaidSession } from './built-in-payment.ts'

export interface BuiltInPaymentDeps {
  readonly db: Database
  readonly clock: Clock
  readonly publicUrl: string
}

/** The payments of the test world where it has no keys of Stripe: sessions are rows of ours, and a page of ours pays them. */
export function createBuiltInPayments(deps: BuiltInPaymentDeps): Payments {
  return {
    createSession: (purchase) => createSession(deps, purchase),
    reopenSession: async (sessionId) => toCreatedSession(deps, await requirePayment(deps.db, sessionId)),
    findSession: (sessionId) => findSession(deps, sessionId),
    findReceipt: async () => null,
    expireSession: (sessionId) => expireSession(deps.db, sessionId),
  }
}

async function createSession(deps: BuiltInPaymentDeps, purchase: SessionRequest): Promise<CreatedSession> {
  await deps.db
    .insertInto('test_payments')
    .values({
      id: `cs_test_${newTestId()}`,
      purchase_id: purchase.purchaseId,
      payment_intent_id: `pi_test_${newTestId()}`,
      state: 'open',
      amount_minor: purchase.amountMinor,
      currency: purchase.currency,
      email: readEmail(purchase.email),
      settles_as: null,
      settles_at_ms: null,
      declined_as: null,
      created_at_ms: deps.clock.nowMs(),
    })
    // An equal request was quicker, or its answer was lost.
    .onConflict((conflict) => conflict.column('purchase_id').doNothing())
    .execute()
  const payment = await findTestPayment(deps.db, 'purchase_id', purchase.purchaseId)
  assert(payment !== null, 'the built-in page takes purchases of the test world only')
  return toCreatedSession(deps, payment)
}

/** Of what Stripe would call `cs_test_…`, `pi_test_…`, `re_test_…`: 144 random bits. */
export function newTestId(): string {
  return randomBytes(18).toString('base64url').replaceAll(/[-_]/g, '0')
}

function toCreatedSession({ publicUrl }: BuiltInPaymentDeps, { id, mode, state }: TestPayment): CreatedSession {
  const isOpen = state === 'open'
  return {
    sessionId: id,
    checkoutUrl: isOpen && mode !== 'embedded' ? `${publicUrl}/checkout/test-payment?session=${id}` : null,
    // As at Stripe, whose session's id alone does not show its form.
    clientSecret: isOpen && mode === 'embedded' ? id : null,
    isLivemode: false,
  }
}

async function findSession(deps: BuiltInPaymentDeps, sessionId: string): Promise<PaidSession> {
  const payment = await requirePayment(deps.db, sessionId)
  return toPaidSession(payment, await readWorldNowMs(deps, { partnerId: payment.partner_id, livemode: false }))
}

async function expireSession(db: Database, sessionId: string): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('test_payments')
    .set({ state: 'expired' })
    .where('id', '=', sessionId)
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) throw notOpen(sessionId)
}

async function requirePayment(db: Database, sessionId: string): Promise<TestPayment> {
  const payment = await findTestPayment(db, 'id', sessionId)
  if (payment !== null) return payment
  // Of a time when the test world had keys of Stripe.
  throw new PaymentRefused('request', `the built-in page knows no session ${sessionId}`, { cause: null })
}

function notOpen(sessionId: string): PaymentRefused {
  return new PaymentRefused('request', `session ${sessionId} is not open`, { cause: null })
}
