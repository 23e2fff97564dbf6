import { callApi } from './api.ts'
import { createBalanceKeeper } from './balance-keeper.ts'
import { checkOpenOptions, checkOptions } from './check-options.ts'
import { createEmbeddedCheckout } from './embedded-checkout.ts'
import { createEventHub } from './event-hub.ts'
import { createKeyStore, type KeyStore } from './key-store.ts'
import { type OpenCreditsApi, OpenCreditsError, type OpenCreditsOptions, type OpenOptions } from './options.ts'
import { awaitOutcome, type OutcomeInWaiting } from './outcome.ts'
import { type Page, tellError } from './page.ts'
import { paidFetch } from './paid-fetch.ts'
import { currencyOf, findProblem } from './preflight.ts'
import { createSessionTracker } from './session-tracker.ts'

export const version = '0.1.0'

/** The SDK of one page. Nothing is touched before `init`, so that importing it on a server is harmless. */
export function createOpenCredits(defaultBaseUrl: string): OpenCreditsApi {
  let page: Page | null = null
  const hub = createEventHub(() => page?.options ?? null)
  const ready = (): Page => {
    if (page === null) throw new OpenCreditsError('not_initialized', 'Call OpenCredits.init({ publishableKey }) first.')
    return page
  }
  const balance = createBalanceKeeper(ready)
  const tracker = createSessionTracker(ready)
  const checkout = createEmbeddedCheckout(ready, tracker)

  const storeFor = (options: OpenCreditsOptions, { userKey }: OpenCreditsOptions): KeyStore => {
    if (userKey === undefined && page?.options.publishableKey === options.publishableKey) return page.store
    return createKeyStore(options.publishableKey, balance.changedElsewhere, userKey)
  }
  const setUp = (given: OpenCreditsOptions) => {
    const options = { ...page?.options, ...checkOptions(given) }
    const store = storeFor(options, given)
    const baseUrl = new URL(options.baseUrl ?? defaultBaseUrl).href.replace(/\/+$/, '')
    page = { options, baseUrl, store, hub, balance, outcome: page?.outcome ?? null }
    return page
  }

  /** For pages that open the payment page themselves: over once the session is. */
  const payManually = async ({ amount, currency }: OpenOptions, ended: OutcomeInWaiting): Promise<void> => {
    if (amount === undefined) {
      const missing = new OpenCreditsError('invalid_option', 'OpenCredits.open: manual mode needs an amount.')
      tellError(ready(), missing, false)
    } else {
      const session = await tracker.start({ amount, currency: currency ?? currencyOf(ready()), mode: 'manual' })
      await session?.ended
    }
    ended.settle()
  }

  return {
    version,
    init(given) {
      const now = setUp(given)
      if (typeof window === 'undefined') return
      if (now.store.pending !== null) void tracker.watch(now.store.pending)
      if (hub.isHeard('balance')) balance.tellAgain()
      // Not while the page is still busy with itself. Safari has no idle callback.
      const whenIdle = window.requestIdleCallback ?? setTimeout
      whenIdle(() => findProblem(now, currencyOf(now), 'default'))
    },
    open(wish = {}) {
      const now = ready()
      checkOpenOptions(wish)
      now.outcome?.settle()
      const ending = awaitOutcome(() => now.store.userKey)
      now.outcome = ending
      if (now.options.checkoutMode === 'manual') void payManually(wish, ending)
      else checkout.open(wish)
      return ending.promise
    },
    close: () => checkout.requestClose(),
    getUserKey: () => page?.store.userKey ?? null,
    getBalance: async () => ready() && balance.read(),
    fetch: async (input, init) => paidFetch(ready(), input, init),
    async logout() {
      const { store, baseUrl } = ready()
      const { userKey } = store
      if (userKey === null) return
      balance.forgetKey()
      checkout.signedOut()
      try {
        await callApi(baseUrl, '/v1/logout', { method: 'POST', userKey })
      } catch (error) {
        if (error instanceof OpenCreditsError && error.status !== 401) tellError(ready(), error, false)
      }
      hub.emit('loggedOut', undefined)
    },
    on(name, listener) {
      hub.on(name, listener as (detail: never) => void)
      if (name === 'balance' && page !== null) balance.tellAgain()
    },
    off: (name, listener) => hub.off(name, listener as (detail: never) => void),
  }
}
