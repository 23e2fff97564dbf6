import type { ClaimablePurchase, MeResponse } from '@opencredits/protocol'
import {
  amountScreen,
  type Choice,
  type LimitScreen,
  type OpenedSession,
  type Screen,
  type SuccessScreen,
} from './screen-state.ts'
import { type SignInAction, stepSignIn } from './sign-in-state.ts'

/** Who holds the page's key. */
export type KeyHolder = Omit<MeResponse, 'livemode'>

export interface CheckoutState {
  readonly screen: Screen
  /** Of the key: its balance is what this app may spend. */
  readonly user: KeyHolder | null
  readonly userKey: string | null
  /** Who is signed in. It never leaves the frame. */
  readonly accountEmail: string | null
  /** Major units; null until picked. */
  readonly amount: number | null
  /** Kept through every screen, so that nothing is lost on the way back. Null until the user chooses. */
  readonly choice: Choice | null
  /** Of a signed-in buyer: the app may spend what is bought. */
  readonly allowsApp: boolean
  /** As typed for the sign-in; null until then. */
  readonly email: string | null
  /** What was bought, while the user signs in to keep it: that is where the sign-in leads back to. */
  readonly success: SuccessScreen | null
  /** The limit that was reached, while the user signs in to raise it: see `success`. */
  readonly limit: LimitScreen | null
  /** Earlier purchases that have still to be offered. */
  readonly claims: readonly ClaimablePurchase[]
  /** The question whether to close while a payment is under way. */
  readonly isAskingToClose: boolean
}

export type CheckoutAction =
  | { readonly type: 'opened'; readonly amount: number | null; readonly userKey: string | null }
  | { readonly type: 'user_known'; readonly user: KeyHolder; readonly userKey: string }
  | { readonly type: 'user_gone' }
  | { readonly type: 'chosen'; readonly choice: Choice }
  | { readonly type: 'app_allowed'; readonly isAllowed: boolean }
  | { readonly type: 'amount_wanted' }
  | { readonly type: 'cancelled' }
  | { readonly type: 'amount_refused'; readonly problem: string }
  | { readonly type: 'session_wanted'; readonly amount: number }
  | {
      readonly type: 'session_opened'
      readonly session: OpenedSession
      readonly isBlocked: boolean
      readonly isInTab: boolean
    }
  | { readonly type: 'submitted'; readonly isSubmitted: boolean }
  | { readonly type: 'confirming' }
  | { readonly type: 'late' }
  | { readonly type: 'processing' }
  | {
      readonly type: 'completed'
      readonly balance: number
      readonly creditsAdded: number
      readonly emailHint: string | null
    }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'close_asked' }
  | { readonly type: 'close_cancelled' }
  | SignInAction

export const initialState: CheckoutState = {
  screen: { name: 'loading' },
  user: null,
  userKey: null,
  accountEmail: null,
  amount: null,
  choice: null,
  allowsApp: true,
  email: null,
  success: null,
  limit: null,
  claims: [],
  isAskingToClose: false,
}

/** A payment that may be under way: closing now asks first. */
export function isPaying({ screen }: CheckoutState): boolean {
  return (screen.name === 'payment' && (screen.isSubmitted || screen.isConfirming)) || screen.name === 'waiting'
}

/** The whole checkout as one pure step. An action that does not fit the screen changes nothing: answers may come late. */
export function step(state: CheckoutState, action: CheckoutAction): CheckoutState {
  const { screen } = state
  const show = (next: Screen): CheckoutState => ({ ...state, screen: next, isAskingToClose: false })
  switch (action.type) {
    case 'opened':
      return { ...initialState, amount: action.amount, userKey: action.userKey }
    case 'user_known': {
      const { user, userKey } = action
      const success = state.success && { ...state.success, balance: user.balance, userKey }
      return { ...state, user, userKey, success }
    }
    case 'user_gone':
      return { ...state, user: null, userKey: null, accountEmail: null }
    case 'chosen':
      return { ...state, choice: action.choice }
    case 'app_allowed':
      return { ...state, allowsApp: action.isAllowed }
    case 'amount_wanted':
      return { ...show(amountScreen), success: null, limit: null }
    case 'cancelled':
      return screen.name === 'waiting' ? show({ ...amountScreen, isCancelled: true }) : state
    case 'amount_refused':
      return show({ ...amountScreen, problem: action.problem })
    case 'session_wanted':
      return {
        ...show(screen.name === 'amount' ? { ...amountScreen, isBusy: true } : { name: 'loading' }),
        amount: action.amount,
      }
    case 'session_opened': {
      const { session } = action
      return {
        ...show(
          action.isInTab
            ? { name: 'waiting', session, isBlocked: action.isBlocked }
            : { name: 'payment', session, isSubmitted: false, isConfirming: false, isLate: false },
        ),
        userKey: session.userKey,
      }
    }
    case 'submitted':
      return screen.name === 'payment' ? { ...state, screen: { ...screen, isSubmitted: action.isSubmitted } } : state
    case 'confirming':
      return screen.name === 'payment' ? show({ ...screen, isConfirming: true }) : state
    case 'late':
      return screen.name === 'payment' && screen.isConfirming
        ? { ...state, screen: { ...screen, isLate: true } }
        : state
    case 'processing':
      return screen.name === 'payment' || screen.name === 'waiting'
        ? show({ name: 'processing', session: screen.session })
        : state
    case 'completed':
      return 'session' in screen ? complete(state, screen.session, action) : state
    case 'failed':
      return screen.name === 'success' ? state : show({ name: 'failure', message: action.message })
    case 'close_asked':
      return { ...state, isAskingToClose: true }
    case 'close_cancelled':
      return { ...state, isAskingToClose: false }
    default:
      return stepSignIn(state, action)
  }
}

function complete(
  state: CheckoutState,
  { sessionId, userKey }: OpenedSession,
  { balance, creditsAdded, emailHint }: Extract<CheckoutAction, { type: 'completed' }>,
): CheckoutState {
  const success: SuccessScreen = {
    name: 'success',
    ...{ balance, creditsAdded, userKey, sessionId, emailHint },
    ...{ loginId: null, hasResent: false, problem: null, isBusy: false },
  }
  const user = { email: null, is_guest: true, ...state.user, balance }
  return { ...state, screen: success, success, user, isAskingToClose: false }
}
