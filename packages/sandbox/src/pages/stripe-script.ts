/**
 * The stand-in for Stripe.js: `Stripe(publishableKey).createEmbeddedCheckoutPage(…)`, which throws where the real one does
 * when it is misused. Its frame is the sandbox's own, and messages from anywhere else are ignored.
 *
 * Where the script was loaded under another address (a test that serves it as js.stripe.com), `data-sandbox-origin` on its
 * tag or `window.sandboxStripeOrigin` says where the sandbox is.
 */
export const stripeScript = `(() => {
  'use strict'
  const script = document.currentScript
  const origin = (script && script.dataset.sandboxOrigin) || window.sandboxStripeOrigin || new URL(script.src).origin
  let current = null

  function IntegrationError(message) {
    const error = new Error(message)
    error.name = 'IntegrationError'
    return error
  }

  function Stripe(key) {
    if (typeof key !== 'string' || key === '') throw IntegrationError('Missing value for Stripe(): apiKey should be a string.')
    if (key.startsWith('sk_')) throw IntegrationError('You should not use your secret key with Stripe.js. Please pass a publishable key instead.')
    return {
      _registerWrapper() {},
      registerAppInfo() {},
      initEmbeddedCheckout() {
        throw IntegrationError('initEmbeddedCheckout() was renamed to createEmbeddedCheckoutPage().')
      },
      async createEmbeddedCheckoutPage(options) {
        if (current !== null) throw IntegrationError('You cannot have multiple Embedded Checkout objects.')
        const page = {}
        current = page
        try {
          const clientSecret = await (options.fetchClientSecret ? options.fetchClientSecret() : options.clientSecret)
          if (typeof clientSecret !== 'string' || clientSecret === '') throw IntegrationError('fetchClientSecret should return a client secret.')
          return embeddedPage(key, clientSecret, options, () => { if (current === page) current = null })
        } catch (error) {
          current = null
          throw error
        }
      },
    }
  }

  function embeddedPage(key, clientSecret, options, release) {
    const frame = document.createElement('iframe')
    const address = new URL('/embedded/' + encodeURIComponent(clientSecret), origin)
    address.search = new URLSearchParams({ key, parent: location.origin })
    frame.src = address.href
    frame.title = 'Secure payment'
    frame.name = 'sandbox-stripe-embedded-checkout'
    frame.setAttribute('allow', 'payment *; publickey-credentials-get *')
    const style = { border: '0', 'border-radius': '12px', display: 'block', width: '100%', height: '520px', 'color-scheme': 'light dark' }
    for (const [name, value] of Object.entries(style)) frame.style.setProperty(name, value)
    let isDestroyed = false
    let isMounted = false

    const analytics = {
      rendered: ['checkoutRendered', () => ({})],
      submitted: ['checkoutSubmitted', () => ({ paymentMethodType: 'card' })],
      submit_failed: ['checkoutSubmitFailed', ({ failureReason }) => ({ paymentMethodType: 'card', failureReason })],
    }
    function onMessage(event) {
      const message = event.data
      if (event.origin !== origin || event.source !== frame.contentWindow || !message || message.sandboxStripe !== 1) return
      if (message.type === 'resized' && message.height > 0) frame.style.setProperty('height', message.height + 'px')
      const told = Object.hasOwn(analytics, message.type) ? analytics[message.type] : null
      if (told && options.onAnalyticsEvent) {
        options.onAnalyticsEvent({
          checkoutSession: clientSecret.split('_secret_')[0],
          clientMetadata: {},
          details: told[1](message),
          eventType: told[0],
          timestamp: Math.floor(Date.now() / 1000),
        })
      }
      if (message.type === 'complete' && options.onComplete) options.onComplete()
    }
    function check() {
      if (isDestroyed) throw IntegrationError('This Embedded Checkout has already been destroyed and cannot be used.')
    }
    function detach() {
      removeEventListener('message', onMessage)
      frame.remove()
      isMounted = false
    }
    return {
      mount(target) {
        check()
        if (isMounted) throw IntegrationError('This Embedded Checkout is already mounted. Call unmount() first.')
        const element = typeof target === 'string' ? document.querySelector(target) : target
        if (!(element instanceof Element)) throw IntegrationError('Invalid DOM element. Call mount() with a valid DOM element or selector.')
        if (element.getRootNode() instanceof ShadowRoot) throw IntegrationError('Embedded Checkout cannot be mounted in a ShadowRoot.')
        if (!element.isConnected) throw IntegrationError('The element that you mount into has to be in the document.')
        isMounted = true
        addEventListener('message', onMessage)
        element.append(frame)
      },
      unmount() {
        check()
        detach()
      },
      destroy() {
        check()
        detach()
        isDestroyed = true
        release()
      },
    }
  }

  Stripe.version = 'endive'
  window.Stripe = Stripe
})()
`
