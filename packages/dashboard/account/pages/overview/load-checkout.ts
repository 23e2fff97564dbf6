/** What this page needs of `sdk.js`; `packages/sdk/src/options.ts` describes it. */
interface Checkout {
  init(options: {
    readonly publishableKey: string
    readonly userKey: null
    readonly onPurchaseCompleted: () => void
  }): void
  open(): Promise<unknown>
}

/** Loads the product's own `sdk.js` when it is first asked for. @throws (rejects) where it does not come */
export function loadCheckout(): Promise<Checkout> {
  const loaded = findCheckout()
  if (loaded !== null) return Promise.resolve(loaded)
  return new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = '/assets/sdk.js'
    const fail = () => {
      script.remove()
      reject(new Error('sdk.js could not be loaded.'))
    }
    script.addEventListener('error', fail)
    script.addEventListener('load', () => {
      const checkout = findCheckout()
      if (checkout === null) fail()
      else resolve(checkout)
    })
    document.head.append(script)
  })
}

function findCheckout(): Checkout | null {
  const found: unknown = Reflect.get(window, 'OpenCredits')
  return isCheckout(found) ? found : null
}

function isCheckout(value: unknown): value is Checkout {
  return typeof value === 'object' && value !== null && 'init' in value && 'open' in value
}
