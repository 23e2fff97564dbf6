import type { CreateCheckoutSessionResponse, FrameMessage } from '@opencredits/protocol'
import { callApi } from './api.ts'
import { checkOpenOptions, checkOptions } from './check-options.ts'
import { type CheckoutDialog, createCheckoutDialog } from './checkout-dialog.ts'
import { createEventHub } from './event-hub.ts'
import { createKeyStore, type KeyStore, type PendingSession } from './key-store.ts'
import { createMemoryKeyStore } from './memory-key-store.ts'
import { type CompletedPurchase, type OpenCreditsApi, OpenCreditsError, type OpenCreditsOptions } from './options.ts'
import { awaitOutcome, type OutcomeInWaiting } from './outcome.ts'
import { watchSession } from './watch-session.ts'

export const version = '0.1.0'
const fallbackAmount = 10

interface StartedSession {
  readonly url: string | null
  /** Settles when the session has ended and everybody has been told. */
  readonly ended: Promise<void>
}

/** The SDK of one page. Nothing is touched before `init`, so that importing it on a server is harmless. */
export function createOpenCredits(defaultBaseUrl: string): OpenCreditsApi {
  let options: OpenCreditsOptions | null = null
  let store: KeyStore | null = null
  let dialog: CheckoutDialog | null = null
  let dialogUrl = ''
  let openAmount: number | null = null
  let outcome: OutcomeInWaiting | null = null
  const watched = new Map<string, AbortController>()
  const hub = createEventHub(() => options)

  const ready = () => {
    if (options === null || store === null)
      throw new OpenCreditsError('not_initialized', 'Call OpenCredits.init({ publishableKey }) first.')
    return { options, store, baseUrl: (options.baseUrl ?? defaultBaseUrl).replace(/\/+$/, '') }
  }
  const fail = (error: OpenCreditsError, isPurchase: boolean) => {
    if (isPurchase) hub.emit('purchaseError', { error })
    hub.emit('error', { error })
  }
  const completed = (sessionId: string, purchase: CompletedPurchase) => {
    const { store: kept } = ready()
    kept.userKey = purchase.user_key
    if (kept.pending?.sessionId === sessionId) kept.pending = null
    watched.get(sessionId)?.abort()
    if (!kept.claimCompletion(sessionId)) return
    outcome?.purchased(purchase)
    hub.emit('purchaseCompleted', purchase)
  }

  /** For sessions that nobody else looks after: manual ones, and those whose dialog was closed. */
  const watch = async (pending: PendingSession) => {
    if (watched.has(pending.sessionId)) return
    const stop = new AbortController()
    watched.set(pending.sessionId, stop)
    const end = await watchSession(ready().baseUrl, pending, stop.signal)
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
    const { store: kept } = ready()
    if (kept.pending?.sessionId === pending.sessionId) kept.pending = null
    if (end.status === 'failed')
      fail(new OpenCreditsError('payment_failed', end.session?.failure ?? 'The payment failed.'), true)
    // Whoever went back on Stripe's page knows it: that is no error.
    if (end.status === 'expired' && end.session?.cancelled !== true)
      fail(new OpenCreditsError('session_expired', 'The payment page has expired. Nothing was charged.'), true)
  }

  /** Without the dialog: the page makes the session, the user pays on Stripe's own page. */
  const startSession = async (amount: number, mode: 'manual' | 'new_tab'): Promise<StartedSession | null> => {
    const { options: now, store: kept, baseUrl } = ready()
    try {
      const session = await callApi<CreateCheckoutSessionResponse>(baseUrl, '/v1/checkout/sessions', {
        method: 'POST',
        userKey: kept.userKey,
        idempotencyKey: crypto.randomUUID(),
        body: {
          publishable_key: now.publishableKey,
          amount,
          currency: now.currency ?? 'usd',
          mode,
          email: now.email,
          locale: now.locale,
        },
      })
      const pending = { sessionId: session.session_id, userKey: session.user_key }
      kept.pending = pending
      hub.emit('checkoutOpened', {
        session_id: session.session_id,
        user_key: session.user_key,
        ...(session.checkout_url === undefined ? {} : { checkout_url: session.checkout_url }),
      })
      return { url: session.checkout_url ?? null, ended: watch(pending) }
    } catch (error) {
      if (error instanceof OpenCreditsError && error.code === 'invalid_user_key' && kept.userKey !== null) {
        kept.userKey = null
        return startSession(amount, mode)
      }
      fail(error instanceof OpenCreditsError ? error : new OpenCreditsError('checkout_failed', String(error)), true)
      return null
    }
  }

  const onFallback = async () => {
    // The tab is opened within the click, or it would be blocked.
    const tab = window.open('about:blank', '_blank')
    const url = (await startSession(openAmount ?? fallbackAmount, 'new_tab'))?.url ?? null
    if (url === null) return tab?.close()
    if (tab === null) return fail(new OpenCreditsError('popup_blocked', 'The browser blocked the payment page.'), true)
    tab.opener = null
    tab.location.href = url
    dialog?.requestClose()
  }

  const onFrameMessage = (message: FrameMessage) => {
    const { store: kept } = ready()
    if (message.type === 'checkout_opened') {
      kept.pending = { sessionId: message.sessionId, userKey: message.userKey }
      hub.emit('checkoutOpened', { session_id: message.sessionId, user_key: message.userKey })
    } else if (message.type === 'purchase_completed') {
      completed(message.sessionId, {
        user_key: message.userKey,
        balance: message.balance,
        credits_added: message.creditsAdded,
      })
    } else if (message.type === 'completed') {
      hub.emit('complete', { user_key: message.userKey, balance: message.balance, credits_added: message.creditsAdded })
    } else if (message.type === 'login_completed') {
      kept.userKey = message.userKey
      outcome?.signedIn({ user_key: message.userKey, balance: message.balance })
      hub.emit('loginCompleted', { user_key: message.userKey, balance: message.balance })
    } else if (message.type === 'logged_out') {
      kept.userKey = null
      hub.emit('loggedOut', undefined)
    } else if (message.type === 'key_rejected') {
      kept.userKey = null
    } else if (message.type === 'purchase_error' || message.type === 'error') {
      fail(new OpenCreditsError(message.code, message.message), message.type === 'purchase_error')
    }
  }

  /** For pages that open the payment page themselves: over once the session is. */
  const payManually = async (amount: number | undefined, ended: OutcomeInWaiting): Promise<void> => {
    if (amount === undefined)
      fail(new OpenCreditsError('invalid_option', 'OpenCredits.open: manual mode needs an amount.'), false)
    else await (await startSession(amount, 'manual'))?.ended
    ended.settle()
  }

  const findDialog = (): CheckoutDialog => {
    const { options: now, baseUrl } = ready()
    const url = `${baseUrl}/checkout?pk=${encodeURIComponent(now.publishableKey)}&origin=${encodeURIComponent(location.origin)}${globalThis.crossOriginIsolated ? '&isolated=1' : ''}`
    if (dialog !== null && dialogUrl === url) return dialog
    dialogUrl = url
    dialog = createCheckoutDialog(url, {
      onMessage: onFrameMessage,
      onBlocked: () =>
        fail(
          new OpenCreditsError(
            'checkout_blocked',
            `The checkout at ${baseUrl} could not be loaded. Is this page's origin registered for the app?`,
          ),
          false,
        ),
      onFallback: () => void onFallback(),
      onClosed() {
        const { pending } = ready().store
        if (pending !== null) void watch(pending)
        outcome?.settle()
      },
    })
    return dialog
  }

  return {
    version,
    init(given) {
      checkOptions(given)
      options = { ...options, ...given }
      store =
        options.userKey === undefined ? createKeyStore(options.publishableKey) : createMemoryKeyStore(options.userKey)
      if (typeof window !== 'undefined' && store.pending !== null) void watch(store.pending)
    },
    open(given = {}) {
      const { options: now, store: kept } = ready()
      checkOpenOptions(given)
      openAmount = given.amount ?? null
      outcome?.settle()
      const ending = awaitOutcome(() => kept.userKey)
      outcome = ending
      const mode = now.checkoutMode ?? 'embedded'
      if (mode === 'manual') {
        void payManually(given.amount, ending)
        return ending.promise
      }
      findDialog().open({
        type: 'open',
        currency: (now.currency ?? 'usd').toLowerCase(),
        // Stripe's frames do not load in a cross-origin isolated page.
        mode: globalThis.crossOriginIsolated ? 'new_tab' : mode,
        amount: openAmount,
        userKey: kept.userKey,
        locale: now.locale ?? null,
        theme: now.theme ?? 'auto',
        email: now.email ?? null,
        canOpenTab: !globalThis.crossOriginIsolated,
        reason: given.reason ?? null,
        needed: given.needed ?? null,
      })
      return ending.promise
    },
    close: () => dialog?.requestClose(),
    getUserKey: () => store?.userKey ?? null,
    async getBalance() {
      const { store: kept, baseUrl } = ready()
      const { balance } = await callApi<{ balance: number }>(baseUrl, '/v1/credits/balance', { userKey: kept.userKey })
      return balance
    },
    async logout() {
      const { store: kept, baseUrl } = ready()
      const { userKey } = kept
      if (userKey === null) return
      kept.userKey = null
      dialog?.send({ type: 'signed_out' })
      try {
        await callApi(baseUrl, '/v1/logout', { method: 'POST', userKey })
      } catch (error) {
        if (error instanceof OpenCreditsError && error.status !== 401) fail(error, false)
      }
      hub.emit('loggedOut', undefined)
    },
    on: (name, listener) => hub.on(name, listener as (detail: never) => void),
    off: (name, listener) => hub.off(name, listener as (detail: never) => void),
  }
}
