import type { CheckoutAppConfig, CheckoutCurrency, PageMessage, PricingResponse } from '@opencredits/protocol'
import { computed, signal } from '@preact/signals'
import { ApiFailure, type CheckoutApi } from './api.ts'
import { type CheckoutAction, initialState, isPaying, type OpenedSession, step } from './checkout-state.ts'
import type { PageChannel } from './page-channel.ts'
import { pollSession } from './poll-session.ts'
import { strings } from './strings.ts'

type OpenMessage = Extract<PageMessage, { type: 'open' }>

/** Everything that the checkout does; the screens only call it. */
export function createController(config: CheckoutAppConfig, api: CheckoutApi, channel: () => PageChannel) {
  const state = signal(initialState)
  const opened = signal<OpenMessage | null>(null)
  const pricing = signal<PricingResponse | null>(null)
  let polling = new AbortController()
  /** One a wish: every try of the same wish is the same to the server. */
  let wishKey = crypto.randomUUID()

  const dispatch = (action: CheckoutAction) => {
    const wasPaying = isPaying(state.value)
    state.value = step(state.value, action)
    if (isPaying(state.value) !== wasPaying) channel().send({ type: 'payment_state', isPaying: !wasPaying })
  }
  const currency = computed((): CheckoutCurrency => {
    const wanted = config.currencies.find(({ code }) => code === opened.value?.currency)
    return (
      wanted ??
      config.currencies[0] ?? {
        code: 'usd',
        creditsPerMajorUnit: 100,
        minorUnitDigits: 2,
        amountMin: 1,
        amountMax: 1000,
      }
    )
  })
  const explain = (error: unknown): string =>
    error instanceof ApiFailure && error.message !== '' ? error.message.replace(/^\w+: /, '') : strings.network
  const codeOf = (error: unknown) => (error instanceof ApiFailure ? error.code : 'network_error')
  const rejectKey = () => {
    dispatch({ type: 'user_gone' })
    channel().send({ type: 'key_rejected' })
  }

  const loadUser = async (userKey: string) => {
    try {
      const user = await api.me(userKey)
      if (state.value.userKey === userKey) dispatch({ type: 'user_known', user, userKey })
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 401) rejectKey()
    }
  }

  const follow = (session: OpenedSession) => {
    polling.abort()
    polling = new AbortController()
    void pollSession(api, session, polling.signal, (answer) => {
      if (answer.status === 'processing') dispatch({ type: 'processing' })
      if (answer.status === 'complete') {
        dispatch({ type: 'completed', balance: answer.balance, creditsAdded: answer.credits_added })
        channel().send({
          type: 'purchase_completed',
          sessionId: session.sessionId,
          userKey: session.userKey,
          balance: answer.balance,
          creditsAdded: answer.credits_added,
        })
      }
      if (answer.status === 'expired' || answer.status === 'failed') {
        const isExpired = answer.status === 'expired'
        const message = isExpired ? strings.expired : (answer.failure ?? strings.failedPayment)
        dispatch({ type: 'failed', message })
        channel().send({ type: 'purchase_error', code: isExpired ? 'session_expired' : 'payment_failed', message })
      }
    })
  }

  const pay = async (amount: number): Promise<void> => {
    const isInTab = opened.value?.mode === 'new_tab'
    // Within the click, or the browser takes it for a pop-up. Filled once the address is known.
    const canOpenTab = opened.value?.canOpenTab !== false
    const tab = isInTab && canOpenTab ? window.open('about:blank', '_blank') : null
    const { userKey } = state.value
    dispatch({ type: 'session_wanted', amount })
    try {
      const session = await openSession(amount, isInTab, userKey)
      if (tab !== null && session.checkoutUrl !== null) {
        tab.opener = null
        tab.location.href = session.checkoutUrl
      }
      dispatch({ type: 'session_opened', session, isInTab, isBlocked: isInTab && tab === null })
      channel().send({ type: 'checkout_opened', sessionId: session.sessionId, userKey: session.userKey })
      if (isInTab && tab === null)
        channel().send({ type: 'error', code: 'popup_blocked', message: strings.blockedHint })
      if (isInTab) follow(session)
    } catch (error) {
      tab?.close()
      // Whoever asked who the user is may have found the key rejected meanwhile: what counts is that it was sent.
      if (error instanceof ApiFailure && error.code === 'invalid_user_key' && userKey !== null) {
        if (state.value.userKey === userKey) rejectKey()
        return pay(amount)
      }
      const message = explain(error)
      if (error instanceof ApiFailure && error.code === 'invalid_request')
        dispatch({ type: 'amount_refused', problem: message })
      else dispatch({ type: 'failed', message })
      channel().send({ type: 'purchase_error', code: codeOf(error), message })
    }
  }

  const openSession = async (amount: number, isInTab: boolean, userKey: string | null): Promise<OpenedSession> => {
    const wish = opened.value
    const ask = () =>
      api.createSession(
        {
          amount,
          currency: currency.value.code,
          mode: isInTab ? 'new_tab' : 'embedded',
          ...(wish?.locale ? { locale: wish.locale } : {}),
          ...((state.value.user?.email ?? wish?.email) ? { email: state.value.user?.email ?? wish?.email ?? '' } : {}),
        },
        userKey,
        `${wishKey}:${amount}:${currency.value.code}:${isInTab}:${userKey?.slice(-6) ?? 'guest'}`,
      )
    const answer = await ask().catch((error: unknown) => {
      // An earlier try was made, its answer was lost, and it is too late to be told again. Nobody has seen that checkout,
      // so nothing was paid there: this is a new wish.
      if (codeOf(error) !== 'conflict') throw error
      wishKey = crypto.randomUUID()
      return ask()
    })
    return {
      sessionId: answer.session_id,
      userKey: answer.user_key,
      clientSecret: answer.client_secret ?? null,
      checkoutUrl: answer.checkout_url ?? null,
    }
  }

  const sendCode = async (email: string, isAgain: boolean) => {
    dispatch({ type: 'code_wanted' })
    try {
      const { login_id: loginId } = await api.sendCode(email)
      dispatch({ type: 'code_sent', loginId, email, isAgain })
    } catch (error) {
      dispatch({ type: 'email_refused', problem: explain(error) })
      channel().send({ type: 'error', code: codeOf(error), message: explain(error) })
    }
  }

  const verifyCode = async (code: string) => {
    const { screen, userKey } = state.value
    if (screen.name !== 'code') return
    dispatch({ type: 'code_checking' })
    try {
      const answer = await api.verifyCode(screen.loginId, code, userKey)
      dispatch({
        type: 'user_known',
        userKey: answer.user_key,
        user: { email: answer.email, is_guest: false, balance: answer.balance },
      })
      channel().send({ type: 'login_completed', userKey: answer.user_key, balance: answer.balance })
      backToAmount()
    } catch (error) {
      dispatch({ type: 'code_refused', problem: explain(error) })
      if (codeOf(error) !== 'invalid_request')
        channel().send({ type: 'error', code: codeOf(error), message: explain(error) })
    }
  }

  const backToAmount = () => {
    polling.abort()
    wishKey = crypto.randomUUID()
    dispatch({ type: 'amount_wanted' })
  }

  const close = () => {
    polling.abort()
    const { screen } = state.value
    channel().send({ type: 'payment_state', isPaying: false })
    channel().send({ type: 'close' })
    if (screen.name === 'success') {
      channel().send({
        type: 'completed',
        userKey: screen.userKey,
        balance: screen.balance,
        creditsAdded: screen.creditsAdded,
      })
    }
    // What was shown is over; the next opening begins anew.
    state.value = { ...initialState, userKey: state.value.userKey }
  }

  return {
    state,
    opened,
    pricing,
    currency,
    locale: computed(() => opened.value?.locale ?? undefined),
    pay,
    sendCode,
    verifyCode,
    backToAmount,
    close,
    follow,
    wantLogin: () => dispatch({ type: 'login_wanted' }),
    confirming: () => dispatch({ type: 'confirming' }),
    keepPaying: () => dispatch({ type: 'close_cancelled' }),
    paymentFormFailed() {
      dispatch({ type: 'failed', message: strings.network })
      channel().send({ type: 'purchase_error', code: 'checkout_failed', message: strings.network })
    },
    submitted: () => dispatch({ type: 'submitted', isSubmitted: true }),
    declined() {
      dispatch({ type: 'submitted', isSubmitted: false })
      channel().send({ type: 'purchase_error', code: 'payment_failed', message: strings.failedPayment })
    },
    requestClose() {
      if (isPaying(state.value) && !state.value.isAskingToClose) dispatch({ type: 'close_asked' })
      else close()
    },
    async logOut() {
      const { userKey } = state.value
      dispatch({ type: 'user_gone' })
      channel().send({ type: 'logged_out' })
      if (userKey !== null) await api.logout(userKey).catch(() => {})
    },
    onPageMessage(message: PageMessage) {
      if (message.type === 'request_close') return this.requestClose()
      if (message.type === 'signed_out') return dispatch({ type: 'user_gone' })
      polling.abort()
      wishKey = crypto.randomUUID()
      opened.value = message
      dispatch({ type: 'opened', amount: message.amount, userKey: message.userKey })
      channel().send({ type: 'opened' })
      if (message.userKey !== null) void loadUser(message.userKey)
      if (pricing.value === null)
        void api
          .pricing()
          .then((answer) => (pricing.value = answer))
          .catch(() => {})
      // A tab may be opened only within a click of the user in here.
      if (message.amount === null || message.mode === 'new_tab') dispatch({ type: 'amount_wanted' })
      else void pay(message.amount)
    },
  }
}

export type Controller = ReturnType<typeof createController>
