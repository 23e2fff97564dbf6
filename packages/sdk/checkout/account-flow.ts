import type { ConsentRequiredResponse, ConsentResponse } from '@opencredits/protocol'
import { ApiFailure } from '@opencredits/protocol'
import type { CheckoutContext } from './checkout-context.ts'
import type { KeyHolder } from './checkout-state.ts'
import { codeOf, explainError } from './explain-error.ts'
import type { ConsentScreen, Limit, LimitWish } from './screen-state.ts'

export interface AccountFlow {
  /** Who holds this key, and whether it is at its limit. */
  loadUser(userKey: string): Promise<void>
  askConsent(answer: ConsentRequiredResponse): void
  completeSignIn(
    signedIn: Omit<ConsentResponse, 'livemode'> & { readonly email: string | null; readonly hasConsented: boolean },
  ): void
  /** *Allow*, or *Raise the limit*. */
  allow(wish: LimitWish): Promise<void>
  addClaim(): Promise<void>
  leaveClaim(): void
  /** Asks how high the limit is to be: at once where somebody is signed in, else after a code. */
  raise(): Promise<void>
  leaveLimit(): void
}

type Asked = Omit<ConsentScreen, 'name' | 'problem' | 'isBusy'>

/** A key that has less than this left is at its limit. */
const leastCredits = 1

/** What a signed-in user decides in the checkout: what the app may spend, and what becomes of earlier purchases. */
export function createAccountFlow(context: CheckoutContext, close: () => void): AccountFlow {
  const { api, config, state, opened, dispatch, send, words } = context

  const refuse = (error: unknown, problem = explainError(error, words.value)) => {
    dispatch({ type: 'refused', problem })
    send({ type: 'error', code: codeOf(error), message: problem })
  }
  const isSignedOut = (error: unknown) => error instanceof ApiFailure && error.status === 401

  /** The app can ask again, unless the wallet itself is short: then it goes on to a purchase. */
  const finishRaise = (userKey: string, user: KeyHolder) => {
    dispatch({ type: 'user_known', user, userKey })
    if (user.balance < (opened.value?.needed ?? 0)) return dispatch({ type: 'amount_wanted' })
    send({ type: 'balance_raised', userKey, balance: user.balance })
    close()
  }

  const raise = async () => {
    const { userKey } = state.value
    if (userKey === null) return dispatch({ type: 'amount_wanted' })
    dispatch({ type: 'asked' })
    try {
      const [{ data }, { balance, email }] = await Promise.all([api.apps(), api.overview()])
      const app = data.find(({ id }) => id === config.appId)
      if (app === undefined) return dispatch({ type: 'login_wanted' })
      const { budget, window, models, expires_at } = app
      if (budget === null) return finishRaise(userKey, await api.me(userKey))
      const more = Math.max(budget, Math.ceil(opened.value?.needed ?? 0))
      const suggested = { budget: budget + more, window: window ?? 'total', models, expires_at } as const
      dispatch({ type: 'consent_wanted', consent: { consentId: null, email, balance, suggested } })
    } catch (error) {
      if (isSignedOut(error)) dispatch({ type: 'login_wanted' })
      else refuse(error)
    }
  }

  /** The sign-in was for a limit. */
  const goOn = () => {
    if (state.value.screen.name === 'limit') void raise()
  }

  const completeSignIn: AccountFlow['completeSignIn'] = (answer) => {
    const { user_key: userKey, balance, email, claimable: claims = [], hasConsented } = answer
    const isRaised = hasConsented && state.value.limit !== null && claims.length === 0
    dispatch({ type: 'signed_in', userKey, balance, email, claims })
    send({ type: 'login_completed', userKey, balance })
    if (isRaised) finishRaise(userKey, { email: null, is_guest: false, balance })
    else goOn()
  }

  const allowFirst = async (consent: Asked & { readonly consentId: string }, wish: LimitWish) => {
    try {
      const answer = await api.consent({ consent_id: consent.consentId, ...wish }, state.value.userKey)
      completeSignIn({ ...answer, email: consent.email, hasConsented: true })
    } catch (error) {
      const isExpired = error instanceof ApiFailure && error.code === 'invalid_request' && error.param === 'consent_id'
      if (isExpired) return dispatch({ type: 'login_wanted', problem: words.value('consentExpired') })
      // Who only wanted to save was not asked yet.
      if (state.value.screen.name !== 'consent') dispatch({ type: 'consent_wanted', consent })
      refuse(error)
    }
  }

  const allowMore = async (userKey: string, wish: LimitWish) => {
    try {
      await api.changeApp(config.appId, wish)
      finishRaise(userKey, await api.me(userKey))
    } catch (error) {
      if (isSignedOut(error)) dispatch({ type: 'login_wanted' })
      else refuse(error)
    }
  }

  return {
    raise,
    completeSignIn,
    async loadUser(userKey) {
      try {
        const user = await api.me(userKey)
        if (state.value.userKey !== userKey) return
        dispatch({ type: 'user_known', user, userKey })
        if (user.is_guest) return dispatch({ type: 'limit_denied' })
        api.session().then(
          (session) => dispatch({ type: 'account_known', email: session.user.email }),
          () => {},
        )
        const limit = await findLimit(context, userKey, user)
        if (state.value.userKey !== userKey) return
        dispatch(limit === null ? { type: 'limit_denied' } : { type: 'limit_reached', limit })
      } catch (error) {
        if (!isSignedOut(error)) return
        context.rejectKey()
        dispatch({ type: 'limit_denied' })
      }
    },
    askConsent({ consent_id: consentId, email, balance, suggested }) {
      const { user, success } = state.value
      // What a guest brings along was bought in this app, so that is what the app may spend of it.
      const brought = user?.is_guest === true ? user.balance : 0
      const limit = brought > 0 ? ({ budget: brought, window: 'total' } as const) : suggested
      const consent = { consentId, email, balance, suggested: { ...limit, models: null, expires_at: null } }
      if (success !== null && brought > 0) void allowFirst(consent, consent.suggested)
      else dispatch({ type: 'consent_wanted', consent })
    },
    async allow(wish) {
      const { screen, userKey } = state.value
      if (screen.name !== 'consent') return
      dispatch({ type: 'asked' })
      const { consentId } = screen
      if (consentId !== null) await allowFirst({ ...screen, consentId }, wish)
      else if (userKey !== null) await allowMore(userKey, wish)
    },
    async addClaim() {
      const { screen, userKey, user } = state.value
      if (screen.name !== 'claim' || userKey === null) return
      dispatch({ type: 'asked' })
      try {
        const { purchase_ids: purchaseIds } = await api.claim(screen.purchase.purchase_id)
        const now = await api.me(userKey).catch(() => null)
        if (now !== null && now.balance > (user?.balance ?? 0)) {
          dispatch({ type: 'user_known', user: now, userKey })
          send({ type: 'balance_raised', userKey, balance: now.balance })
        }
        dispatch({ type: 'claim_answered', purchaseIds })
        goOn()
      } catch (error) {
        const isRefused = error instanceof ApiFailure && ['claim_refused', 'not_found'].includes(error.code)
        refuse(error, isRefused ? words.value('claimGone') : undefined)
      }
    },
    leaveClaim() {
      const { screen } = state.value
      if (screen.name === 'claim') dispatch({ type: 'claim_answered', purchaseIds: [screen.purchase.purchase_id] })
      goOn()
    },
    leaveLimit() {
      if (opened.value?.reason === 'key_budget_exceeded') close()
      else dispatch({ type: 'amount_wanted' })
    },
  }
}

/** The key's limit, where that and not the wallet keeps the app from going on. */
async function findLimit(
  { api, state, opened }: CheckoutContext,
  userKey: string,
  { balance }: KeyHolder,
): Promise<Limit | null> {
  const isAsked = state.value.screen.name === 'limit'
  const keys = await api.keys(userKey).catch(() => null)
  const [key] = keys?.data ?? []
  if (key === undefined || key.budget === null || key.window === null) return null
  const left = key.budget - (key.spent ?? 0)
  const isShort = left < (opened.value?.needed ?? leastCredits)
  return isAsked || (isShort && balance >= left) ? { budget: key.budget, window: key.window } : null
}
