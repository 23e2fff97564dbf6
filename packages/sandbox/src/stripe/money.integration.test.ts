import type Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../index.ts'
import { embeddedSession, startWebhookReceiver, stripeClient, type WebhookReceiver } from '../test-webhook-receiver.ts'

let sandbox: Sandbox
let stripe: Stripe
let receiver: WebhookReceiver

beforeAll(async () => {
  sandbox = await startSandbox({ delayedAfterMs: null, webhookRetryDelaysMs: [10] })
  stripe = stripeClient(sandbox)
  receiver = await startWebhookReceiver(sandbox.stripe.webhookSecret)
  sandbox.stripe.setWebhookUrl(receiver.url)
})

afterAll(async () => {
  await sandbox.close()
  await receiver.close()
})

async function openSession(): Promise<string> {
  return (await stripe.checkout.sessions.create(embeddedSession)).id
}

/** The types of the events that something causes, in the order in which they were made. */
async function eventsOf(cause: () => Promise<unknown>): Promise<readonly string[]> {
  const before = (await sandbox.stripe.control.record()).events.length
  await cause()
  return (await sandbox.stripe.control.record()).events.slice(before).map(({ type }) => String(type))
}

describe('paying', () => {
  it('completes the session and tells of it', async () => {
    const id = await openSession()
    expect(await eventsOf(() => sandbox.stripe.control.pay(id))).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ])
    const session = await stripe.checkout.sessions.retrieve(id)
    expect(session).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      customer_details: { email: 'ada@example.com' },
    })
    const payment = await stripe.paymentIntents.retrieve(String(session.payment_intent))
    expect(payment).toMatchObject({ status: 'succeeded', amount: 1000, amount_received: 1000 })
    expect(await stripe.charges.retrieve(String(payment.latest_charge))).toMatchObject({ paid: true, refunded: false })
  })

  it('pays once', async () => {
    const id = await openSession()
    await sandbox.stripe.control.pay(id)
    expect(await eventsOf(async () => expect(await sandbox.stripe.control.pay(id)).toBe('declined'))).toEqual([])
  })

  it.each([
    ['4000000000000002', 'card_declined', 'generic_decline'],
    ['4000000000009995', 'card_declined', 'insufficient_funds'],
    ['4111111111111111', 'card_declined', 'test_mode_live_card'],
  ])('is declined with %s, and can be tried again on the same payment', async (card, code, declineCode) => {
    const id = await openSession()
    expect(await eventsOf(() => sandbox.stripe.control.pay(id, card))).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ])
    const declined = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })
    expect(declined).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: { status: 'requires_payment_method', last_payment_error: { code, decline_code: declineCode } },
    })
    expect(await sandbox.stripe.control.pay(id)).toBe('complete')
    const paid = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })
    expect(paid.payment_intent).toMatchObject({ status: 'succeeded', last_payment_error: null })
  })

  it('asks for 3-D Secure, which can fail and be tried again', async () => {
    const id = await openSession()
    const { pay } = sandbox.stripe.control
    const card = '4000002500003155'
    expect(await pay(id, { card, isAuthenticated: undefined })).toBe('needs_authentication')
    expect(await pay(id, { card, isAuthenticated: false })).toBe('declined')
    expect(await pay(id, { card })).toBe('complete')
  })

  it.each([
    ['succeeded', 'paid', 'succeeded', 'checkout.session.async_payment_succeeded'],
    ['failed', 'unpaid', 'requires_payment_method', 'checkout.session.async_payment_failed'],
  ] as const)('can take days: a delayed payment that %s', async (outcome, paymentStatus, intentStatus, event) => {
    const id = await openSession()
    await sandbox.stripe.control.pay(id, '4000000000000077')
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'complete', payment_status: 'unpaid' })
    const events = await eventsOf(() => sandbox.stripe.control.settleDelayed(id, outcome))
    expect(events.at(-1)).toBe(event)
    const session = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })
    expect(session).toMatchObject({ payment_status: paymentStatus, payment_intent: { status: intentStatus } })
    await expect(sandbox.stripe.control.settleDelayed(id, outcome)).rejects.toThrow('waits for no delayed payment')
  })

  it('comes through by itself after the delay that is set', async () => {
    await sandbox.stripe.control.delayPayments(10)
    const id = await openSession()
    await sandbox.stripe.control.pay(id, '4000000000000093')
    await expect.poll(() => receiver.types()).toContain('checkout.session.async_payment_failed')
    await sandbox.stripe.control.delayPayments(null)
  })

  it('is not possible after the session has expired', async () => {
    const id = await openSession()
    expect(await eventsOf(() => sandbox.stripe.control.expire(id))).toEqual(['checkout.session.expired'])
    expect(await sandbox.stripe.control.pay(id)).toBe('declined')
    expect(await eventsOf(() => sandbox.stripe.control.expire(id))).toEqual([])
  })
})

describe('refunds', () => {
  it('give back parts until nothing is left', async () => {
    const id = await openSession()
    await sandbox.stripe.control.pay(id)
    const { payment_intent: payment } = await stripe.checkout.sessions.retrieve(id)
    const paymentIntent = String(payment)
    const first = await stripe.refunds.create({ payment_intent: paymentIntent, amount: 300, metadata: { why: 'part' } })
    expect(first).toMatchObject({
      status: 'succeeded',
      amount: 300,
      payment_intent: paymentIntent,
      metadata: { why: 'part' },
    })
    await expect(stripe.refunds.create({ payment_intent: paymentIntent, amount: 701 })).rejects.toThrow(
      'Refund amount ($7.01) is greater than unrefunded amount on charge ($7.00)',
    )
    const rest = await stripe.refunds.create({ charge: String(first.charge) })
    expect(rest.amount).toBe(700)
    await expect(stripe.refunds.create({ payment_intent: paymentIntent })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    })
    expect(await stripe.charges.retrieve(String(first.charge))).toMatchObject({ amount_refunded: 1000, refunded: true })
    expect((await stripe.refunds.list({ payment_intent: paymentIntent })).data.map((refund) => refund.id)).toEqual([
      rest.id,
      first.id,
    ])
    expect(await stripe.refunds.retrieve(rest.id)).toEqual(expect.objectContaining({ id: rest.id }))
  })

  it('tell of themselves, and of their failure', async () => {
    const id = await openSession()
    await sandbox.stripe.control.pay(id)
    let refundId = ''
    const made = await eventsOf(async () => {
      refundId = await sandbox.stripe.control.refund(id, 400, { status: 'pending' })
    })
    expect(made).toEqual(['refund.created', 'charge.refunded'])
    expect(await eventsOf(() => sandbox.stripe.control.finishRefund(refundId, 'succeeded'))).toEqual(['refund.updated'])
    expect(await eventsOf(() => sandbox.stripe.control.failRefund(refundId))).toEqual([
      'refund.updated',
      'refund.failed',
    ])
    expect(await stripe.refunds.retrieve(refundId)).toMatchObject({
      status: 'failed',
      failure_reason: expect.any(String),
    })
    const [record] = (await sandbox.stripe.control.record()).payments.filter(({ sessionId }) => sessionId === id)
    expect(record).toMatchObject({ paid: 1000, refunded: 0, disputed: 0, clientReferenceId: 'purchase_1' })
  })

  it('are refused for what was never paid', async () => {
    const id = await openSession()
    await sandbox.stripe.control.pay(id, '4000000000000002')
    await expect(sandbox.stripe.control.refund(id)).rejects.toThrow('does not have a successful charge')
    await expect(stripe.refunds.create({ payment_intent: 'pi_none' })).rejects.toMatchObject({
      code: 'resource_missing',
    })
    await expect(stripe.refunds.create({})).rejects.toMatchObject({ code: 'parameter_missing' })
  })
})

describe('disputes', () => {
  it.each([
    ['won', ['charge.dispute.closed', 'charge.dispute.funds_reinstated'], 0],
    ['lost', ['charge.dispute.closed'], 600],
  ] as const)('withdraw the money at once and end %s', async (status, closing, disputed) => {
    const id = await openSession()
    await sandbox.stripe.control.pay(id)
    let disputeId = ''
    const opening = await eventsOf(async () => {
      disputeId = await sandbox.stripe.control.dispute(id, 600)
    })
    expect(opening).toEqual(['charge.dispute.created', 'charge.dispute.funds_withdrawn'])
    expect(await eventsOf(() => sandbox.stripe.control.closeDispute(disputeId, status))).toEqual(closing)
    expect(await stripe.disputes.retrieve(disputeId)).toMatchObject({ status, amount: 600 })
    const [record] = (await sandbox.stripe.control.record()).payments.filter(({ sessionId }) => sessionId === id)
    expect(record?.disputed).toBe(disputed)
    await expect(sandbox.stripe.control.closeDispute(disputeId, 'won')).rejects.toThrow('already')
  })
})
