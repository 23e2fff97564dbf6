import type { BudgetWindowName, ClaimablePurchase } from '@opencredits/protocol'

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

/** A screen that asks the server for something. */
interface Asking {
  /** Why the last request was refused, in the user's words. */
  readonly problem: string | null
  readonly isBusy: boolean
}

export type SuccessScreen = Asking & {
  readonly name: 'success'
  readonly balance: number
  readonly creditsAdded: number
  readonly userKey: string
  readonly sessionId: string
  /** The address of a guest's payment, made unreadable; null where there is none. A code can be sent to it. */
  readonly emailHint: string | null
  /** Of a code that was sent to it; null before. */
  readonly loginId: string | null
  readonly hasResent: boolean
}

/** What is asked for before an app may spend, or may spend more. */
export interface LimitWish {
  readonly budget: number | null
  readonly window: BudgetWindowName
  readonly models: readonly string[] | null
  /** Seconds since 1970. */
  readonly expires_at: number | null
}

export type ConsentScreen = Asking & {
  readonly name: 'consent'
  /** Of a sign-in that waits for the answer; null where a limit that exists is raised. */
  readonly consentId: string | null
  readonly email: string | null
  /** Of the whole wallet. */
  readonly balance: number
  readonly suggested: LimitWish
}

export type LimitScreen = Asking & {
  readonly name: 'limit'
  /** Null until it is known. */
  readonly limit: Limit | null
}

/** What an app may spend, as its key sees it. */
export type Limit = { readonly budget: number; readonly window: BudgetWindowName }

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
  | (Asking & { readonly name: 'email' })
  | (Asking & {
      readonly name: 'code'
      readonly loginId: string
      readonly email: string
      readonly hasResent: boolean
    })
  | ConsentScreen
  | (Asking & { readonly name: 'claim'; readonly purchase: ClaimablePurchase })
  | LimitScreen
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

export const amountScreen: Extract<Screen, { name: 'amount' }> = {
  name: 'amount',
  problem: null,
  isCancelled: false,
  isBusy: false,
}
