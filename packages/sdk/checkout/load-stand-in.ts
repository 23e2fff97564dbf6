import type { Stripe } from '@stripe/stripe-js'

/** Loads a script that speaks as Stripe.js does, such as the sandbox's. */
export function loadStandIn({ publishableKey, jsUrl }: { publishableKey: string; jsUrl: string }): Promise<Stripe> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = jsUrl
    script.onload = () => {
      const make = Reflect.get(window, 'Stripe')
      if (typeof make === 'function') resolve(make(publishableKey))
      else reject(new Error('the script has no Stripe'))
    }
    script.onerror = () => reject(new Error('the script did not load'))
    document.head.append(script)
  })
}
