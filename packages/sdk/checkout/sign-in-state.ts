import type { ClaimablePurchase } from '@opencredits/protocol'
import type { CheckoutState } from './checkout-state.ts'
import { amountScreen, type ConsentScreen, type Limit, type Screen } from './screen-state.ts'

/** Signing in, and what needs it: consent, earlier purchases, a limit that was reached. */
export type SignInAction =
  | { readonly type: 'email_typed'; readonly email: string }
  | { readonly type: 'login_wanted'; readonly problem?: string }
  /** Given up, or done: back to where the sign-in began. */
  | { readonly type: 'login_left' }
  /** The screen has asked the server for something. */
  | { readonly type: 'asked' }
  | { readonly type: 'refused'; readonly problem: string }
  | { readonly type: 'code_sent'; readonly loginId: string; readonly email: string; readonly isAgain: boolean }
  | { readonly type: 'consent_wanted'; readonly consent: Omit<ConsentScreen, 'name' | 'problem' | 'isBusy'> }
  | {
      readonly type: 'signed_in'
      readonly userKey: string
      readonly balance: number
      readonly email: string | null
      readonly claims: readonly ClaimablePurchase[]
    }
  | { readonly type: 'account_known'; readonly email: string }
  /** Added to the account, or left where they are. The purchases of one guest are added together. */
  | { readonly type: 'claim_answered'; readonly purchaseIds: readonly string[] }
  /** Null: the app says so, and how high it is is being asked. */
  | { readonly type: 'limit_reached'; readonly limit: Limit | null }
  /** No limit keeps the app from going on. */
  | { readonly type: 'limit_denied' }

const idle = { problem: null, isBusy: false } as const

export function stepSignIn(state: CheckoutState, action: SignInAction): CheckoutState {
  const { screen } = state
  const show = (next: Screen): CheckoutState => ({ ...state, screen: next })
  switch (action.type) {
    case 'email_typed':
      return { ...state, email: action.email }
    case 'login_wanted':
      return show({ name: 'email', problem: action.problem ?? null, isBusy: false })
    case 'login_left':
      return leave(state)
    case 'asked':
      return 'isBusy' in screen ? show({ ...screen, problem: null, isBusy: true }) : state
    case 'refused':
      if (!('isBusy' in screen) || !screen.isBusy) return state
      return show({
        ...screen,
        ...('hasResent' in screen ? { hasResent: false } : {}),
        problem: action.problem,
        isBusy: false,
      })
    case 'code_sent': {
      const { loginId, email, isAgain: hasResent } = action
      if (screen.name === 'success') return show({ ...screen, loginId, hasResent, ...idle })
      return show({ name: 'code', loginId, email, hasResent, ...idle })
    }
    case 'consent_wanted':
      return show({ name: 'consent', ...action.consent, ...idle })
    case 'signed_in': {
      const { userKey, balance, email, claims } = action
      const success = state.success && { ...state.success, userKey, balance, emailHint: null, loginId: null, ...idle }
      const user = { email: null, is_guest: false, balance }
      const known: CheckoutState = { ...state, user, userKey, accountEmail: email, claims, success }
      return 'isBusy' in screen ? offerClaims(known) : known
    }
    case 'account_known':
      return { ...state, accountEmail: action.email }
    case 'claim_answered':
      return offerClaims({
        ...state,
        claims: state.claims.filter(({ purchase_id: id }) => !action.purchaseIds.includes(id)),
      })
    case 'limit_reached': {
      // Nobody is led away from what they have begun.
      const isFree = screen.name === 'limit' || screen.name === 'loading' || isUntouched(state)
      const limit = { name: 'limit', limit: action.limit, ...idle } as const
      return isFree ? { ...show(limit), limit } : state
    }
    case 'limit_denied':
      return screen.name === 'limit' ? { ...show(amountScreen), limit: null } : state
  }
}

function isUntouched({ screen, choice }: CheckoutState): boolean {
  return screen.name === 'amount' && !screen.isBusy && choice === null
}

/** Each earlier purchase is a question of its own; then it goes on where the sign-in began. */
function offerClaims(state: CheckoutState): CheckoutState {
  const [purchase] = state.claims
  return purchase === undefined ? leave(state) : { ...state, screen: { name: 'claim', purchase, ...idle } }
}

function leave(state: CheckoutState): CheckoutState {
  return { ...state, screen: state.success ?? state.limit ?? amountScreen }
}
