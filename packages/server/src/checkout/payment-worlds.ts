import type { Payments } from './payments.ts'

/** What a page needs for Stripe's own form. */
export interface PaymentForm {
  readonly publishableKey: string
  readonly jsUrl: string
}

/** How the purchases of one world are paid. */
export interface PaymentWorld {
  readonly payments: Payments
  /** Null: on the built-in page. */
  readonly form: PaymentForm | null
}

/** Each world's payments are made, looked up and taken back by a client of its own. */
export interface PaymentWorlds {
  readonly live: PaymentWorld
  readonly test: PaymentWorld
}

/** The payments of the world that a purchase is of; the other world's know nothing of it. */
export function paymentsOf(worlds: PaymentWorlds, purchase: { readonly livemode: number }): Payments {
  return purchase.livemode === 1 ? worlds.live.payments : worlds.test.payments
}
