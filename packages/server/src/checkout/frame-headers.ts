/** For pages of ours that nobody may frame. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** For the checkout as the console previews it: pages of ours frame it, and it calls and opens nothing. */
export const previewHeaders: Readonly<Record<string, string>> = {
  ...pageHeaders,
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
}

/** For the pages that Stripe's own page returns to: they ask this server how the purchase stands, and show the app's logo. */
export const returnPageHeaders: Readonly<Record<string, string>> = {
  ...pageHeaders,
  'content-security-policy':
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

/**
 * For the checkout app: only the partner's own origins may frame it, which the browser enforces, and it may load nothing
 * but itself and Stripe (the hosts are those of Stripe's security guide).
 */
export function frameHeaders(options: {
  /** The page is cross-origin isolated: it frames only what is so too. Stripe's own frames are not, so it pays in a tab. */
  readonly isIsolated: boolean
  readonly frameAncestors: readonly string[]
  /** Null: nothing of Stripe is in the page. */
  readonly stripeJsUrl: string | null
}): Record<string, string> {
  const { stripeJsUrl } = options
  const of = (...hosts: readonly string[]) => (stripeJsUrl === null ? [] : hosts)
  const isStripesOwn = stripeJsUrl === null || new URL(stripeJsUrl).hostname.endsWith('stripe.com')
  const stripe = isStripesOwn ? [] : [new URL(stripeJsUrl).origin]
  const policy = {
    'default-src': ["'none'"],
    'script-src': [
      "'self'",
      ...of('https://js.stripe.com', 'https://*.js.stripe.com', 'https://checkout.stripe.com'),
      ...stripe,
    ],
    'frame-src':
      stripeJsUrl === null
        ? ["'none'"]
        : [
            'https://js.stripe.com',
            'https://*.js.stripe.com',
            'https://hooks.stripe.com',
            'https://checkout.stripe.com',
            ...stripe,
          ],
    'connect-src': ["'self'", ...of('https://api.stripe.com', 'https://checkout.stripe.com'), ...stripe],
    'img-src': ["'self'", 'data:', 'https:'],
    'style-src': ["'self'"],
    'font-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': [...new Set(options.frameAncestors.map(sourceOf))],
  }
  return {
    'content-security-policy': Object.entries(policy)
      .map(([name, values]) => `${name} ${values.join(' ')}`)
      .join('; '),
    'permissions-policy': 'payment=*, publickey-credentials-get=*',
    ...(options.isIsolated ? { 'cross-origin-embedder-policy': 'credentialless' } : {}),
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'no-store',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'x-content-type-options': 'nosniff',
  }
}

/**
 * A source expression cannot name an IPv6 address (CSP 3, host-source), so `[::1]` has to be all of http. A page elsewhere
 * that claims to be there gets an empty frame: the browser does not deliver the frame's `ready` to it.
 */
function sourceOf(origin: string): string {
  return origin.startsWith('http://[') ? 'http:' : origin
}
