import { createHmac } from 'node:crypto'

/** The `Stripe-Signature` header for a body: HMAC-SHA-256 of time and body, one `v1` for each secret. */
export function signEvent(body: string, secrets: readonly string[], atSeconds: number): string {
  const signatures = secrets.map((secret) => createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex'))
  return [`t=${atSeconds}`, ...signatures.map((signature) => `v1=${signature}`)].join(',')
}
