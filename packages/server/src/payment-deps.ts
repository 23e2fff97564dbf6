import type { PaymentWorlds } from './checkout/payment-worlds.ts'
import { createStripeClient, createStripePayments, type StripeClients } from './checkout/stripe/stripe-payments.ts'
import { createBuiltInPayments } from './checkout/test-world/built-in-payments.ts'
import type { Config } from './config.ts'
import { assert } from './kernel/assert.ts'
import type { Clock } from './kernel/clock.ts'
import type { Database } from './store/open-database.ts'

interface PaymentDepsInput {
  readonly db: Database
  readonly clock: Clock
  readonly publicUrl: string
}

/** How the purchases of both worlds are paid: live ones at Stripe, test ones in its test mode or on the built-in page. */
export function createPaymentDeps({ stripe: live, stripeTest: test }: Config, input: PaymentDepsInput) {
  assert(live !== null, 'the sandbox stands in where Stripe is not configured')
  const stripe: StripeClients = {
    live: createStripeClient(live),
    test: test === null ? null : createStripeClient(test),
  }
  const payments: PaymentWorlds = {
    live: { payments: createStripePayments(stripe.live, { ...input, isOfLiveWorld: true }), form: live },
    test: {
      payments:
        stripe.test === null
          ? createBuiltInPayments(input)
          : createStripePayments(stripe.test, { ...input, isOfLiveWorld: false }),
      form: test,
    },
  }
  return { stripe, payments, webhookSecrets: { live: live.webhookSecrets, test: test?.webhookSecrets ?? [] } }
}
