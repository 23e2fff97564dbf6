import { closeDispute, openDispute } from './dispute-payment.ts'
import type { PlannedFailure, StripeFailure } from './fail-as-planned.ts'
import { type Bank, expireSession, type PayAttempt, paySession, settleDelayed } from './pay-session.ts'
import { type PaymentRecord, readPaymentRecord } from './payment-record.ts'
import { finishRefund, refundPayment } from './refund-payment.ts'
import { signEvent } from './sign-event.ts'
import { findObject, nowSeconds, type SessionObject, type StripeObject } from './stripe-state.ts'
import type { Delivery, ReleaseOrder, WebhookSender, WebhookShape } from './webhook-sender.ts'

export type SignatureFault = 'forged' | 'stale' | 'future' | 'unsigned' | 'other_body'

/** What a test can make happen, in this process or over `POST /_sandbox/control`. */
export interface StripeControl {
  /** Pays without a browser; a 3-D Secure challenge is passed unless it says otherwise. @returns how it ended. */
  pay(
    sessionId: string,
    attempt?: string | Partial<PayAttempt>,
  ): Promise<'complete' | 'declined' | 'needs_authentication'>
  /** A delayed payment comes through or bounces now. */
  settleDelayed(sessionId: string, outcome: 'succeeded' | 'failed'): Promise<void>
  /** From now on delayed payments end after so many milliseconds; null waits for `settleDelayed`. */
  delayPayments(afterMs: number | null): Promise<void>
  expire(sessionId: string): Promise<void>
  /** @returns the refund's id. A pending one waits for `finishRefund`. */
  refund(
    sessionId: string,
    amountMinor?: number,
    options?: { readonly status?: 'succeeded' | 'pending' },
  ): Promise<string>
  finishRefund(refundId: string, status: 'succeeded' | 'failed' | 'canceled'): Promise<void>
  failRefund(refundId: string): Promise<void>
  /** @returns the dispute's id. */
  dispute(sessionId: string, amountMinor?: number, reason?: string): Promise<string>
  closeDispute(disputeId: string, status: 'won' | 'lost'): Promise<void>
  holdWebhooks(): Promise<void>
  /** @returns when each has been tried once, one after the other. */
  releaseWebhooks(order?: ReleaseOrder): Promise<void>
  dropWebhooks(isDropping: boolean): Promise<void>
  /** Delays, multiplies or reorders deliveries; without an argument they come as usual again. */
  shapeWebhooks(shape?: WebhookShape): Promise<void>
  /** @returns when nothing is on its way and nothing waits for another try. */
  webhooksSettled(): Promise<void>
  deliveries(): Promise<readonly Delivery[]>
  /** Delivers the events of an object, or one event, again: `times` over, all at once, or one by one, newest first. @returns the statuses. */
  resend(
    objectOrEventId: string,
    options?: { readonly times?: number; readonly type?: string; readonly isReversed?: boolean },
  ): Promise<readonly number[]>
  /** Delivers the newest event of an object with a signature that must not be taken. @returns the status. */
  resendBadly(objectOrEventId: string, fault: SignatureFault): Promise<number>
  /** Delivers a new, different event about what the object looks like now. */
  emitAgain(type: string, objectId: string): Promise<void>
  failNextCalls(count: number, how: StripeFailure, options?: { readonly isKept?: boolean }): Promise<void>
  setWebhookUrl(url: string): Promise<void>
  /** What was really paid, refunded and disputed, for auditors. */
  record(): Promise<StripeRecord>
}

export interface StripeRecord {
  readonly payments: readonly PaymentRecord[]
  /** As the API tells them, and what their payments carry. */
  readonly sessions: readonly (SessionObject & { readonly payment_metadata: Readonly<Record<string, string>> })[]
  readonly refunds: readonly StripeObject[]
  readonly disputes: readonly StripeObject[]
  readonly events: readonly StripeObject[]
}

export interface StripeControlDeps {
  readonly bank: Bank
  readonly webhooks: WebhookSender
  readonly webhookSecret: string
  readonly planned: PlannedFailure
}

export function createStripeControl(deps: StripeControlDeps): StripeControl {
  return { ...moneyControl(deps), ...webhookControl(deps), ...recordControl(deps) }
}

function moneyControl({ bank, planned }: StripeControlDeps) {
  const { sessions, payments, refunds, disputes } = bank.state
  const paymentOf = (sessionId: string) =>
    found(payments, found(sessions, sessionId, 'session').payment_intent ?? '', `payment of ${sessionId}`)
  return {
    async pay(sessionId, attempt = {}) {
      const given = typeof attempt === 'string' ? { card: attempt } : attempt
      const session = found(sessions, sessionId, 'session')
      return paySession(bank, session, { card: '4242424242424242', isAuthenticated: true, ...given }).outcome
    },
    settleDelayed: async (sessionId, outcome) =>
      settleDelayed(bank, found(sessions, sessionId, 'session'), outcome === 'succeeded'),
    async delayPayments(afterMs) {
      bank.delayed.afterMs = afterMs
    },
    expire: async (sessionId) => expireSession(bank, found(sessions, sessionId, 'session')),
    refund: async (sessionId, amountMinor, options = {}) =>
      refundPayment(bank, paymentOf(sessionId), { amount: amountMinor, status: options.status }).id,
    finishRefund: async (refundId, status) => finishRefund(bank, found(refunds, refundId, 'refund'), status),
    failRefund: async (refundId) => finishRefund(bank, found(refunds, refundId, 'refund'), 'failed'),
    dispute: async (sessionId, amountMinor, reason) => openDispute(bank, paymentOf(sessionId), amountMinor, reason).id,
    closeDispute: async (disputeId, status) => closeDispute(bank, found(disputes, disputeId, 'dispute'), status),
    async failNextCalls(count, how, { isKept = false } = {}) {
      Object.assign(planned, { count, how, isKept })
    },
  } satisfies Partial<StripeControl>
}

function webhookControl({ bank, webhooks, webhookSecret }: StripeControlDeps) {
  const eventsOf = (id: string, type?: string) =>
    bank.state.events.filter(
      (event) => (event.id === id || event.data.object.id === id) && (type === undefined || event.type === type),
    )
  return {
    holdWebhooks: async () => webhooks.hold(),
    releaseWebhooks: (order) => webhooks.release(order),
    dropWebhooks: async (isDropping) => webhooks.drop(isDropping),
    shapeWebhooks: async (shape = {}) => webhooks.shape(shape),
    webhooksSettled: () => webhooks.idle(),
    deliveries: async () => [...webhooks.deliveries],
    setWebhookUrl: async (url) => webhooks.setUrl(url),
    async resend(objectOrEventId, { times = 1, type, isReversed = false } = {}) {
      const copies = Array.from({ length: times }, () => eventsOf(objectOrEventId, type)).flat()
      if (!isReversed) return (await Promise.all(copies.map((event) => webhooks.deliver(event)))).flat()
      const statuses: number[] = []
      for (const event of copies.reverse()) statuses.push(...(await webhooks.deliver(event)))
      return statuses
    },
    async resendBadly(objectOrEventId, fault) {
      const event = eventsOf(objectOrEventId).at(-1)
      if (event === undefined) throw new Error(`no event about ${objectOrEventId}`)
      const body = JSON.stringify(event)
      const signatures: Readonly<Record<SignatureFault, string>> = {
        forged: signEvent(body, ['whsec_somebody_elses'], nowSeconds()),
        stale: signEvent(body, [webhookSecret], nowSeconds() - 301),
        future: signEvent(body, [webhookSecret], nowSeconds() + 3600),
        unsigned: 't=0',
        other_body: signEvent('{}', [webhookSecret], nowSeconds()),
      }
      const [status = 0] = await webhooks.deliver(event, signatures[fault])
      return status
    },
    async emitAgain(type, objectId) {
      const object = findObject(bank.state, objectId)
      if (object === undefined) throw new Error(`no object ${objectId}`)
      bank.emit(type, object)
    },
  } satisfies Partial<StripeControl>
}

function recordControl({ bank }: StripeControlDeps) {
  const { state } = bank
  return {
    record: async () => ({
      payments: readPaymentRecord(state),
      sessions: [...state.sessions.values()].map((session) => ({
        ...session,
        payment_metadata: state.paymentPlans.get(session.id)?.metadata ?? {},
      })),
      refunds: [...state.refunds.values()],
      disputes: [...state.disputes.values()],
      events: [...state.events],
    }),
  } satisfies Partial<StripeControl>
}

function found<Item>(items: ReadonlyMap<string, Item>, id: string, what: string): Item {
  const item = items.get(id)
  if (item === undefined) throw new Error(`there is no ${what}: ${id}`)
  return item
}
