import type { CreateCheckoutSessionResponse } from '@opencredits/protocol'
import { callApi } from './api.ts'
import type { PendingSession } from './key-store.ts'
import { type CompletedPurchase, OpenCreditsError } from './options.ts'
import { type Page, tellError } from './page.ts'
import { watchSession } from './watch-session.ts'

/** Payments that are under way: starts them outside the frame, and tells of each end once. */
export interface SessionTracker {
  /** Without the dialog: the page makes the session, the user pays on Stripe's own page. Null: the page has been told why. */
  start(sale: {
    readonly amount: number
    readonly currency: string
    readonly mode: 'manual' | 'new_tab'
  }): Promise<StartedSession | null>
  /** For sessions that nobody else looks after: manual ones, and those whose dialog was closed. */
  watch(pending: PendingSession): Promise<void>
  completed(sessionId: string, purchase: CompletedPurchase): void
}

export interface StartedSession {
  readonly url: string | null
  /** Settles when the session has ended and everybody has been told. */
  readonly ended: Promise<void>
}

export function createSessionTracker(page: () => Page): SessionTracker {
  const watched = new Map<string, AbortController>()

  const completed = (sessionId: string, purchase: CompletedPurchase) => {
    const { store, hub, balance, outcome } = page()
    store.userKey = purchase.user_key
    if (store.pending?.sessionId === sessionId) store.pending = null
    watched.get(sessionId)?.abort()
    balance.set(purchase.balance)
    if (!store.claimCompletion(sessionId)) return
    outcome?.purchased(purchase)
    hub.emit('purchaseCompleted', purchase)
  }

  const watch = async (pending: PendingSession) => {
    if (watched.has(pending.sessionId)) return
    const stop = new AbortController()
    watched.set(pending.sessionId, stop)
    const end = await watchSession(page().baseUrl, pending, stop.signal)
    watched.delete(pending.sessionId)
    if (end === null) return
    if (end.status === 'complete' && end.session !== null) {
      completed(pending.sessionId, {
        user_key: pending.userKey,
        balance: end.session.balance,
        credits_added: end.session.credits_added,
      })
      return
    }
    const { store } = page()
    if (store.pending?.sessionId === pending.sessionId) store.pending = null
    if (end.status === 'failed')
      tellError(page(), new OpenCreditsError('payment_failed', end.session?.failure ?? 'The payment failed.'), true)
    // Whoever went back on Stripe's page knows it: that is no error.
    if (end.status === 'expired' && end.session?.cancelled !== true) {
      const expired = new OpenCreditsError('session_expired', 'The payment page has expired. Nothing was charged.')
      tellError(page(), expired, true)
    }
  }

  const start: SessionTracker['start'] = async (sale) => {
    const { options, store, hub, baseUrl, balance } = page()
    const { userKey } = store
    try {
      const session = await callApi<CreateCheckoutSessionResponse>(baseUrl, '/v1/checkout/sessions', {
        method: 'POST',
        userKey,
        idempotencyKey: crypto.randomUUID(),
        body: { publishable_key: options.publishableKey, ...sale, email: options.email, locale: options.locale },
      })
      const pending = { sessionId: session.session_id, userKey: session.user_key }
      store.pending = pending
      hub.emit('checkoutOpened', {
        session_id: session.session_id,
        user_key: session.user_key,
        ...(session.checkout_url === undefined ? {} : { checkout_url: session.checkout_url }),
      })
      return { url: session.checkout_url ?? null, ended: watch(pending) }
    } catch (error) {
      if (error instanceof OpenCreditsError && error.code === 'invalid_user_key' && userKey !== null) {
        balance.forgetKey()
        return start(sale)
      }
      tellError(
        page(),
        error instanceof OpenCreditsError ? error : new OpenCreditsError('checkout_failed', String(error)),
        true,
      )
      return null
    }
  }
  return { start, watch, completed }
}
