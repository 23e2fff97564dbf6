import type { Cashier } from './pay-session.ts'
import { nowSeconds, type SessionObject, type StripeObject, type StripeState } from './stripe-state.ts'
import { signEvent, type WebhookSender } from './webhook-sender.ts'

/** What a test can make happen, in this process or over `/_sandbox/control`. */
export interface StripeControl {
  /** Pays without a browser. */
  pay(sessionId: string, card?: string): Promise<string>
  expire(sessionId: string): Promise<void>
  refund(sessionId: string, amountMinor?: number): Promise<string>
  failRefund(refundId: string): Promise<void>
  dispute(sessionId: string, amountMinor?: number): Promise<string>
  closeDispute(disputeId: string, status: 'won' | 'lost'): Promise<void>
  holdWebhooks(): Promise<void>
  releaseWebhooks(): Promise<void>
  dropWebhooks(isDropping: boolean): Promise<void>
  /** Delivers the events of an object again, `times` over, `together` at once; in the opposite order if asked. @returns the statuses. */
  resend(
    objectId: string,
    options?: { readonly times?: number; readonly type?: string; readonly isReversed?: boolean },
  ): Promise<readonly number[]>
  /** Delivers an event with a signature that is forged, or was made too long ago. */
  resendBadly(objectId: string, fault: 'forged' | 'stale' | 'future' | 'unsigned'): Promise<number>
  /** Delivers a second, different event about the same object. */
  emitAgain(type: string, objectId: string): Promise<void>
  /** The next API calls fail: with a status, or by a dropped connection (after the work is done, if asked). */
  failNextCalls(count: number, how: number | 'drop' | 'drop_after'): Promise<void>
  /** What was really paid and refunded, for auditors. */
  record(): Promise<{
    readonly sessions: readonly SessionObject[]
    readonly refunds: readonly StripeObject[]
    readonly events: readonly StripeObject[]
  }>
}

export interface PlannedFailure {
  count: number
  how: number | 'drop' | 'drop_after'
}

export function createStripeControl(
  state: StripeState,
  cashier: Cashier,
  webhooks: WebhookSender,
  secret: string,
  planned: PlannedFailure,
): StripeControl {
  const sessionOf = (id: string): SessionObject => {
    const session = state.sessions.get(id)
    if (session === undefined) throw new Error(`no session ${id}`)
    return session
  }
  const paymentOf = (sessionId: string) => {
    const payment = state.payments.get(sessionOf(sessionId).payment_intent ?? '')
    if (payment === undefined) throw new Error(`session ${sessionId} is not paid`)
    return payment
  }
  const eventsOf = (objectId: string, type?: string) =>
    state.events.filter((event) => event.data.object.id === objectId && (type === undefined || event.type === type))
  return {
    pay: async (sessionId, card = '4242424242424242') =>
      cashier.pay(sessionOf(sessionId), card, { isAuthenticated: true }).outcome,
    expire: async (sessionId) => cashier.expire(sessionOf(sessionId)),
    refund: async (sessionId, amountMinor) =>
      cashier.refund(paymentOf(sessionId), amountMinor ?? paymentOf(sessionId).amount).id,
    failRefund: async (refundId) => cashier.failRefund(refundId),
    dispute: async (sessionId, amountMinor) =>
      cashier.dispute(paymentOf(sessionId), amountMinor ?? paymentOf(sessionId).amount).id,
    closeDispute: async (disputeId, status) => cashier.closeDispute(disputeId, status),
    holdWebhooks: async () => webhooks.hold(),
    releaseWebhooks: async () => webhooks.release(),
    dropWebhooks: async (isDropping) => webhooks.drop(isDropping),
    async resend(objectId, { times = 1, type, isReversed = false } = {}) {
      const events = eventsOf(objectId, type)
      if (isReversed) events.reverse()
      return Promise.all(Array.from({ length: times }, () => events.map((event) => webhooks.deliver(event))).flat())
    },
    async resendBadly(objectId, fault) {
      const event = eventsOf(objectId).at(-1)
      if (event === undefined) throw new Error(`no event about ${objectId}`)
      const body = JSON.stringify(event)
      const signatures = {
        forged: signEvent(body, 'whsec_somebody_elses', nowSeconds()),
        stale: signEvent(body, secret, nowSeconds() - 301),
        future: signEvent(body, secret, nowSeconds() + 3600),
        unsigned: 't=0',
      }
      return webhooks.deliver(event, signatures[fault])
    },
    async emitAgain(type, objectId) {
      webhooks.emit(type, state.sessions.get(objectId) ?? state.refunds.get(objectId) ?? sessionOf(objectId))
    },
    async failNextCalls(count, how) {
      Object.assign(planned, { count, how })
    },
    record: async () => ({
      sessions: [...state.sessions.values()],
      refunds: [...state.refunds.values()],
      events: state.events,
    }),
  }
}
