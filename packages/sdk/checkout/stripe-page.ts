import type { CheckoutAppConfig } from '@opencredits/protocol'
import type { Stripe } from '@stripe/stripe-js'
import { loadStripe } from '@stripe/stripe-js/pure'

export interface EmbeddedPayment {
  readonly clientSecret: string
  readonly target: HTMLElement
  onRendered(): void
  onSubmitted(): void
  onSubmitFailed(): void
  onComplete(): void
}

export type StripeConfig = NonNullable<CheckoutAppConfig['stripe']>

let stripe: Promise<Stripe | null> | null = null
/** Stripe allows one embedded page at a time: each waits until the one before it is gone. */
let queue: Promise<unknown> = Promise.resolve()

/** Loads Stripe.js while the user still chooses, so that the form is there at once. What fails is tried again later. */
export function warmUpStripe(config: StripeConfig): void {
  stripe ??= load(config)
  stripe.catch(() => {
    stripe = null
  })
}

/** Mounts Stripe's own payment form. @returns a function that takes it away, once, however early it is called. */
export function mountPayment(config: StripeConfig, payment: EmbeddedPayment, onError: () => void): () => void {
  let isGone = false
  let remove = () => {}
  const finished = new Promise<void>((resolve) => {
    remove = resolve
  })
  queue = queue.then(async () => {
    if (isGone) return
    try {
      stripe ??= load(config)
      const loaded = await stripe
      if (loaded === null || isGone) return
      const page = await loaded.createEmbeddedCheckoutPage({
        fetchClientSecret: async () => payment.clientSecret,
        onComplete: payment.onComplete,
        onAnalyticsEvent: ({ eventType }) => {
          if (eventType === 'checkoutRendered') payment.onRendered()
          if (eventType === 'checkoutSubmitted') payment.onSubmitted()
          if (eventType === 'checkoutSubmitFailed') payment.onSubmitFailed()
        },
      })
      if (!isGone) page.mount(payment.target)
      await finished
      page.destroy()
    } catch {
      stripe = null
      if (!isGone) onError()
    }
  })
  return () => {
    isGone = true
    remove()
  }
}

/** Stripe.js comes from Stripe; only the sandbox's stand-in comes from elsewhere, and a page that needs none has no code for it. */
async function load(config: StripeConfig): Promise<Stripe | null> {
  if (new URL(config.jsUrl).hostname === 'js.stripe.com') return loadStripe(config.publishableKey)
  return (await import('./load-stand-in.ts')).loadStandIn(config)
}
