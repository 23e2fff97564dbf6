import type { CheckoutSessionResponse } from '@opencredits/protocol'
import { ApiFailure } from '@opencredits/protocol'
import { decideTheme } from './appearance.ts'
import type { CheckoutContext } from './checkout-context.ts'
import { codeOf, explainError } from './explain-error.ts'
import { pollSession } from './poll-session.ts'
import type { OpenedSession } from './screen-state.ts'

export interface PaymentFlow {
  /** Has to run within the user's click where it opens a tab. @param amount major units */
  pay(amount: number): Promise<void>
  /** Asks the server until the session has ended. */
  follow(session: OpenedSession): void
  /** Nobody waits for an answer any longer. */
  stopFollowing(): void
  /** The next `pay` is another purchase, whatever came of this one. */
  beginAnew(): void
}

interface Wish {
  readonly amount: number
  readonly isInTab: boolean
  readonly userKey: string | null
  /** Of a signed-in buyer: whether the app may spend it. Guests are not asked. */
  readonly allowsApp: boolean | null
}

/** A session that is about to end is not shown again. */
const leastLifeSeconds = 120

export function createPaymentFlow(context: CheckoutContext): PaymentFlow {
  const { api, state, opened, currency, dispatch, send } = context
  let polling = new AbortController()
  /** One a wish: every try of the same wish is the same to the server. */
  let wishKey = crypto.randomUUID()
  /** Shown again to who went back and comes again with the same wish: nothing is asked of anybody then. */
  let last: { readonly wish: string; readonly session: OpenedSession } | null = null

  const describe = ({ amount, isInTab, allowsApp }: Wish) =>
    [amount, currency.value.code, isInTab, allowsApp, opened.value?.theme, context.wantedLocale.value].join(':')
  /** It may have been paid since, in another tab: only the server knows. */
  const findReusable = async (wish: Wish): Promise<OpenedSession | null> => {
    if (last === null || last.wish !== describe(wish) || last.session.userKey !== wish.userKey) return null
    const { session } = last
    if (session.expiresAt < Date.now() / 1000 + leastLifeSeconds) return null
    const answer = await api.findSession(session.sessionId, session.userKey).catch(() => null)
    return answer?.status === 'open' && answer.cancelled !== true ? session : null
  }

  const openSession = async (wish: Wish): Promise<OpenedSession> => {
    const email = state.value.accountEmail ?? opened.value?.email
    const ask = () =>
      api.createSession(
        {
          amount: wish.amount,
          currency: currency.value.code,
          mode: wish.isInTab ? 'new_tab' : 'embedded',
          theme: decideTheme(opened.value?.theme ?? 'auto'),
          locale: context.wantedLocale.value,
          ...(email ? { email } : {}),
          ...(wish.allowsApp !== null && { allow_app: wish.allowsApp }),
        },
        wish.userKey,
        `${wishKey}:${describe(wish)}:${wish.userKey?.slice(-6) ?? 'guest'}`,
      )
    const answer = await ask().catch((error: unknown) => {
      // The answer of an earlier try was lost, and its key is no longer repeated. Nobody has seen that checkout, so
      // nothing was paid there: this is a new purchase.
      if (codeOf(error) !== 'conflict') throw error
      forget()
      return ask()
    })
    return {
      sessionId: answer.session_id,
      userKey: answer.user_key,
      clientSecret: answer.client_secret ?? null,
      checkoutUrl: answer.checkout_url ?? null,
      expiresAt: answer.expires_at,
    }
  }

  const forget = () => {
    last = null
    wishKey = crypto.randomUUID()
  }

  const onAnswer = (session: OpenedSession, answer: CheckoutSessionResponse) => {
    if (answer.status === 'open' && answer.cancelled !== true) dispatch({ type: 'late' })
    if (answer.status === 'processing') dispatch({ type: 'processing' })
    if (answer.cancelled === true) {
      forget()
      polling.abort()
      return dispatch({ type: 'cancelled' })
    }
    if (answer.status === 'complete') {
      forget()
      const emailHint = answer.email_hint ?? null
      dispatch({ type: 'completed', balance: answer.balance, creditsAdded: answer.credits_added, emailHint })
      const { sessionId, userKey } = session
      send({
        type: 'purchase_completed',
        ...{ sessionId, userKey, balance: answer.balance, creditsAdded: answer.credits_added },
      })
    }
    if (answer.status === 'expired' || answer.status === 'failed') {
      forget()
      const isExpired = answer.status === 'expired'
      const message = context.words.value(isExpired ? 'expired' : 'failedPayment')
      dispatch({ type: 'failed', message })
      send({ type: 'purchase_error', code: isExpired ? 'session_expired' : 'payment_failed', message })
    }
  }

  const follow = (session: OpenedSession) => {
    polling.abort()
    polling = new AbortController()
    void pollSession(api, session, polling.signal, (answer) => onAnswer(session, answer))
  }

  const show = (session: OpenedSession, { isInTab }: Wish, tab: Window | null) => {
    if (tab !== null && session.checkoutUrl !== null) {
      tab.opener = null
      tab.location.href = session.checkoutUrl
    }
    const isBlocked = isInTab && tab === null
    dispatch({ type: 'session_opened', session, isInTab, isBlocked })
    if (isBlocked) send({ type: 'error', code: 'popup_blocked', message: context.words.value('blockedHint') })
    if (isInTab) follow(session)
  }

  const pay = async (amount: number): Promise<void> => {
    const isInTab = opened.value?.mode === 'new_tab'
    // Within the click, or the browser takes it for a pop-up. Filled once the address is known.
    const canOpenTab = opened.value?.canOpenTab !== false
    const tab = isInTab && canOpenTab ? window.open('about:blank', '_blank') : null
    const { userKey, accountEmail } = state.value
    const isAmountShown = state.value.screen.name === 'amount'
    // Under the amounts is the box that says so. Where it was not seen, nothing was allowed.
    const allowsApp = !isAmountShown || accountEmail === null ? null : state.value.allowsApp
    const wish: Wish = { amount, isInTab, userKey, allowsApp }
    dispatch({ type: 'session_wanted', amount })
    try {
      const known = await findReusable(wish)
      if (known !== null) return show(known, wish, tab)
      const session = await openSession(wish)
      last = { wish: describe(wish), session }
      show(session, wish, tab)
      send({ type: 'checkout_opened', sessionId: session.sessionId, userKey: session.userKey })
    } catch (error) {
      tab?.close()
      // Whoever asked who the user is may have found the key rejected meanwhile: what counts is that it was sent.
      if (error instanceof ApiFailure && error.code === 'invalid_user_key' && wish.userKey !== null) {
        if (state.value.userKey === wish.userKey) context.rejectKey()
        return pay(amount)
      }
      // The purchase of this key is over: the next try is a new one.
      if (codeOf(error) === 'conflict') forget()
      await context.spoken()
      const message = explainError(error, context.words.value)
      const isAboutAmount = error instanceof ApiFailure && error.param === 'amount'
      if (isAmountShown || isAboutAmount) dispatch({ type: 'amount_refused', problem: message })
      else dispatch({ type: 'failed', message })
      send({ type: 'purchase_error', code: codeOf(error), message })
    }
  }

  return {
    pay,
    follow,
    stopFollowing: () => polling.abort(),
    beginAnew() {
      polling.abort()
      wishKey = crypto.randomUUID()
    },
  }
}
