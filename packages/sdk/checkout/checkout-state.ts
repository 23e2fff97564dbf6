import type { MeResponse } from '@opencredits/protocol'

export interface OpenedSession {
  readonly sessionId: string
  readonly userKey: string
  readonly clientSecret: string | null
  readonly checkoutUrl: string | null
  /** Seconds since 1970. */
  readonly expiresAt: number
}

/** What the user has chosen to pay: one of the offers in major units, or what was typed, as it was typed. */
export type Choice = { readonly offer: number } | { readonly typed: string }

export type SuccessScreen = {
  readonly name: 'success'
  readonly balance: number
  readonly creditsAdded: number
  readonly userKey: string
}

/** What is shown. One screen at a time. */
export type Screen =
  | { readonly name: 'loading' }
  | {
      readonly name: 'amount'
      readonly problem: string | null
      /** The user went back on Stripe's own page. */
      readonly isCancelled: boolean
      readonly isBusy: boolean
    }
  | { readonly name: 'email'; readonly problem: string | null; readonly isBusy: boolean }
  | {
      readonly name: 'code'
      readonly loginId: string
      readonly email: string
      readonly problem: string | null
      readonly isBusy: boolean
      readonly hasResent: boolean
    }
  | {
      readonly name: 'payment'
      readonly session: OpenedSession
      readonly isSubmitted: boolean
      readonly isConfirming: boolean
      /** The form is done, and the server has answered that the credits are not there yet. */
      readonly isLate: boolean
    }
  | { readonly name: 'waiting'; readonly session: OpenedSession; readonly isBlocked: boolean }
  | { readonly name: 'processing'; readonly session: OpenedSession }
  | SuccessScreen
  | { readonly name: 'failure'; readonly message: string }

export interface CheckoutState {
  readonly screen: Screen
  readonly user: MeResponse | null
  readonly userKey: string | null
  /** Major units; null until picked. */
  readonly amount: number | null
  /** Kept through every screen, so that nothing is lost on the way back. Null until the user chooses. */
  readonly choice: Choice | null
  /** As typed for the sign-in; null until then. */
  readonly email: string | null
  /** What was bought, while the user signs in to keep it: that is where the sign-in leads back to. */
  readonly success: SuccessScreen | null
  /** The question whether to close while a payment is under way. */
  readonly isAskingToClose: boolean
}

export type CheckoutAction =
  | { readonly type: 'opened'; readonly amount: number | null; readonly userKey: string | null }
  | { readonly type: 'user_known'; readonly user: MeResponse; readonly userKey: string }
  | { readonly type: 'user_gone' }
  | { readonly type: 'chosen'; readonly choice: Choice }
  | { readonly type: 'email_typed'; readonly email: string }
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
  | { readonly type: 'completed'; readonly balance: number; readonly creditsAdded: number }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'login_wanted' }
  /** Signed in, or given up: back to where the sign-in began. */
  | { readonly type: 'login_left' }
  | { readonly type: 'code_wanted' }
  | { readonly type: 'email_refused'; readonly problem: string }
  | { readonly type: 'code_sent'; readonly loginId: string; readonly email: string; readonly isAgain: boolean }
  | { readonly type: 'code_checking' }
  | { readonly type: 'code_refused'; readonly problem: string }
  | { readonly type: 'close_asked' }
  | { readonly type: 'close_cancelled' }

export const initialState: CheckoutState = {
  screen: { name: 'loading' },
  user: null,
  userKey: null,
  amount: null,
  choice: null,
  email: null,
  success: null,
  isAskingToClose: false,
}

const amountScreen: Extract<Screen, { name: 'amount' }> = {
  name: 'amount',
  problem: null,
  isCancelled: false,
  isBusy: false,
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
    case 'user_known':
      return knowUser(state, action)
    case 'user_gone':
      return { ...state, user: null, userKey: null }
    case 'chosen':
      return { ...state, choice: action.choice }
    case 'amount_wanted':
      return { ...show(amountScreen), success: null }
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
      return stepLogin(state, action)
  }
}

/** The answer to a sign-in on the way to the success screen is the balance that it shows then. */
function knowUser(
  state: CheckoutState,
  { user, userKey }: { readonly user: MeResponse; readonly userKey: string },
): CheckoutState {
  const success = state.success === null ? null : { ...state.success, balance: user.balance, userKey }
  return { ...state, user, userKey, success }
}

function complete(
  state: CheckoutState,
  session: OpenedSession,
  { balance, creditsAdded }: { readonly balance: number; readonly creditsAdded: number },
): CheckoutState {
  const success: SuccessScreen = { name: 'success', balance, creditsAdded, userKey: session.userKey }
  const user = { email: null, is_guest: true, ...state.user, balance }
  return { ...state, screen: success, success, user, isAskingToClose: false }
}

type LoginAction = Extract<
  CheckoutAction,
  {
    type:
      | 'email_typed'
      | 'login_wanted'
      | 'login_left'
      | 'code_wanted'
      | 'email_refused'
      | 'code_sent'
      | 'code_checking'
      | 'code_refused'
  }
>

function stepLogin(state: CheckoutState, action: LoginAction): CheckoutState {
  const { screen } = state
  const show = (next: Screen): CheckoutState => ({ ...state, screen: next })
  switch (action.type) {
    case 'email_typed':
      return { ...state, email: action.email }
    case 'login_left':
      return show(state.success ?? amountScreen)
    case 'login_wanted':
      return show({ name: 'email', problem: null, isBusy: false })
    case 'code_wanted':
      return screen.name === 'email' || screen.name === 'code'
        ? show({ ...screen, problem: null, isBusy: true })
        : state
    case 'email_refused':
      return screen.name === 'email' || screen.name === 'code'
        ? show({ ...screen, problem: action.problem, isBusy: false })
        : state
    case 'code_sent':
      return show({
        name: 'code',
        loginId: action.loginId,
        email: action.email,
        problem: null,
        isBusy: false,
        hasResent: action.isAgain,
      })
    case 'code_checking':
      return screen.name === 'code' ? show({ ...screen, problem: null, isBusy: true }) : state
    case 'code_refused':
      return screen.name === 'code'
        ? show({ ...screen, problem: action.problem, isBusy: false, hasResent: false })
        : state
  }
}
