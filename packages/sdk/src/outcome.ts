import type { CheckoutOutcome, CompletedLogin, CompletedPurchase } from './options.ts'

/** What `open` resolves with: gathered while the checkout is open, given once it is closed. */
export interface OutcomeInWaiting {
  readonly promise: Promise<CheckoutOutcome>
  purchased(purchase: CompletedPurchase): void
  signedIn(login: CompletedLogin): void
  /** Only the first call counts. */
  settle(): void
}

/** @param keptKey the key that the page has at the end */
export function awaitOutcome(keptKey: () => string | null): OutcomeInWaiting {
  let outcome: CheckoutOutcome = { status: 'closed', user_key: null, balance: null, credits_added: 0 }
  let resolveWith: (outcome: CheckoutOutcome) => void
  const promise = new Promise<CheckoutOutcome>((resolve) => {
    resolveWith = resolve
  })
  return {
    promise,
    purchased({ balance, credits_added: added }) {
      outcome = { ...outcome, status: 'completed', balance, credits_added: outcome.credits_added + added }
    },
    signedIn({ balance }) {
      outcome = { ...outcome, status: outcome.status === 'completed' ? 'completed' : 'signed_in', balance }
    },
    settle: () => resolveWith({ ...outcome, user_key: keptKey() }),
  }
}
