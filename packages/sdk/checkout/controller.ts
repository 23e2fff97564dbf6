import type { CheckoutAppConfig, PageMessage, PricingResponse } from '@opencredits/protocol'
import { signal } from '@preact/signals'
import { createAccountFlow } from './account-flow.ts'
import type { CheckoutApi } from './api.ts'
import { createCheckoutContext } from './checkout-context.ts'
import { initialState, isPaying } from './checkout-state.ts'
import { createLoginFlow } from './login-flow.ts'
import type { PageChannel } from './page-channel.ts'
import { createPaymentFlow } from './payment-flow.ts'

/** Everything that the checkout does; the screens only call it. */
export function createController(config: CheckoutAppConfig, api: CheckoutApi, channel: () => PageChannel) {
  const context = createCheckoutContext(config, api, channel)
  const { state, opened, dispatch, send, words } = context
  const payment = createPaymentFlow(context)
  const pricing = signal<PricingResponse | 'loading' | 'none'>('loading')

  // The browser's language is most often the one that will be asked for.
  context.speak()

  /** Only who limits an app to some of its models has to know them. */
  const loadPricing = async () => {
    if (typeof pricing.value === 'object') return
    pricing.value = await api.pricing().catch(() => 'none' as const)
  }

  const backToAmount = () => {
    payment.beginAnew()
    dispatch({ type: 'amount_wanted' })
  }

  const close = () => {
    payment.stopFollowing()
    const { success, userKey } = state.value
    send({ type: 'payment_state', isPaying: false })
    if (success !== null) {
      const { balance, creditsAdded } = success
      send({ type: 'completed', userKey: success.userKey, balance, creditsAdded })
    }
    send({ type: 'close' })
    // What was shown is over; the next opening begins anew.
    state.value = { ...initialState, userKey }
    api.keepSession(null)
  }
  const account = createAccountFlow(context, close)

  const requestClose = () => {
    if (isPaying(state.value) && !state.value.isAskingToClose) dispatch({ type: 'close_asked' })
    else close()
  }

  return {
    config,
    ...{
      state,
      opened,
      currency: context.currency,
      locale: context.locale,
      words,
      spoken: context.spoken,
      pricing,
      loadPricing,
    },
    ...createLoginFlow(context, account),
    ...account,
    pay: payment.pay,
    follow: payment.follow,
    dispatch,
    backToAmount,
    close,
    requestClose,
    paymentFormFailed() {
      const message = words.value('formFailed')
      dispatch({ type: 'failed', message })
      send({ type: 'purchase_error', code: 'checkout_failed', message })
    },
    declined() {
      dispatch({ type: 'submitted', isSubmitted: false })
      send({ type: 'purchase_error', code: 'payment_failed', message: words.value('failedPayment') })
    },
    async logOut() {
      const { userKey } = state.value
      dispatch({ type: 'user_gone' })
      send({ type: 'logged_out' })
      if (userKey !== null) await api.logout(userKey).catch(() => {})
      api.keepSession(null)
    },
    onPageMessage(message: PageMessage) {
      if (message.type === 'request_close') return requestClose()
      if (message.type === 'signed_out') {
        api.keepSession(null)
        return dispatch({ type: 'user_gone' })
      }
      payment.beginAnew()
      opened.value = message
      context.speak()
      dispatch({ type: 'opened', amount: message.amount, userKey: message.userKey })
      if (message.userKey !== null) void account.loadUser(message.userKey)
      if (message.userKey !== null && message.reason === 'key_budget_exceeded')
        dispatch({ type: 'limit_reached', limit: null })
      // A tab may be opened only within a click of the user in here.
      else if (message.amount === null || message.mode === 'new_tab') dispatch({ type: 'amount_wanted' })
      else void payment.pay(message.amount)
    },
  }
}

export type Controller = ReturnType<typeof createController>
