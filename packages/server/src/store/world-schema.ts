/** Tables that the live world has nothing in. */
export interface TestWorldSchema {
  test_clocks: TestClocksTable
  test_payments: TestPaymentsTable
}

/** How far an app has moved the time of its test world ahead; no row: not at all. */
export interface TestClocksTable {
  /** The app's row of the test world. */
  partner_id: string
  ahead_ms: number
  updated_at_ms: number
}

/** A payment on the built-in page: what a checkout session and its payment are at Stripe. */
export interface TestPaymentsTable {
  /** `cs_test_…`: whoever knows it may pay. */
  id: string
  purchase_id: string
  /** `pi_test_…`: refunds and disputes name it. */
  payment_intent_id: string
  state: 'open' | 'complete' | 'expired'
  amount_minor: number
  currency: string
  /** As it was typed on the page. */
  email: string | null
  /** What comes of a payment that was sent, and when by the test world's time; null until it is sent. */
  settles_as: 'paid' | 'failed' | null
  settles_at_ms: number | null
  /** Why the last try was declined; null after a payment was sent. */
  declined_as: string | null
  created_at_ms: number
}
