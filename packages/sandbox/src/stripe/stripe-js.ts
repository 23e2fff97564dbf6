/**
 * The stand-in for Stripe.js: `Stripe(publishableKey).createEmbeddedCheckoutPage(…)`, with the two errors that the real one
 * throws when it is misused. Its frame is the sandbox's own, and messages from anywhere else are ignored.
 */
export function stripeScript(publishableKey: string): string {
  return `(() => {
  const origin = new URL(document.currentScript.src).origin
  const expectedKey = ${JSON.stringify(publishableKey)}
  let mounted = null
  function IntegrationError(message) { const error = new Error(message); error.name = 'IntegrationError'; return error }
  function Stripe(key) {
    if (key !== expectedKey) throw IntegrationError('Invalid API Key provided: ' + key)
    return {
      _registerWrapper() {},
      registerAppInfo() {},
      async createEmbeddedCheckoutPage(options) {
        if (mounted !== null) throw IntegrationError('You cannot have multiple Embedded Checkout objects.')
        const page = { isDestroyed: false }
        mounted = page
        const clientSecret = await options.fetchClientSecret()
        const frame = document.createElement('iframe')
        frame.title = 'Secure payment'
        frame.src = origin + '/embedded/' + encodeURIComponent(clientSecret)
        frame.setAttribute('allow', 'payment')
        for (const [name, value] of [['width', '100%'], ['height', '540px'], ['border', '0'], ['border-radius', '12px'], ['display', 'block']]) frame.style.setProperty(name, value)
        const names = { rendered: 'checkoutRendered', submitted: 'checkoutSubmitted', submit_failed: 'checkoutSubmitFailed' }
        function onMessage(event) {
          if (event.origin !== origin || event.source !== frame.contentWindow || event.data?.sandboxStripe !== 1) return
          if (event.data.type === 'height') frame.style.setProperty('height', Math.ceil(Number(event.data.height)) + 'px')
          const name = names[event.data.type]
          if (name && options.onAnalyticsEvent) options.onAnalyticsEvent({ eventType: name, details: {} })
          if (event.data.type === 'complete' && options.onComplete) options.onComplete()
        }
        function check() { if (page.isDestroyed) throw IntegrationError('Embedded Checkout was destroyed.') }
        return {
          mount(target) {
            check()
            const element = typeof target === 'string' ? document.querySelector(target) : target
            if (!element) throw IntegrationError('The selector you specified applies to no DOM elements.')
            if (element.getRootNode() instanceof ShadowRoot) throw IntegrationError('Elements cannot be mounted in a ShadowRoot.')
            addEventListener('message', onMessage)
            element.append(frame)
          },
          unmount() { check(); removeEventListener('message', onMessage); frame.remove() },
          destroy() { check(); page.isDestroyed = true; if (mounted === page) mounted = null; removeEventListener('message', onMessage); frame.remove() },
        }
      },
    }
  }
  Stripe.version = 'endive'
  window.Stripe = Stripe
})()`
}
