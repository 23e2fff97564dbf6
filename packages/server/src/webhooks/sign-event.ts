import { createHmac } from 'node:crypto'

export interface SignedMessage {
  /** The event's: the same at every attempt. */
  readonly id: string
  readonly body: string
  /** Newest first: while a secret is rolled, both sign. */
  readonly secrets: readonly string[]
}

/**
 * The headers of Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks, spec): HMAC-SHA-256 over
 * `id.timestamp.body`. The time is that of the attempt, so that a receiver can refuse what was recorded and sent again.
 */
export function signEvent({ id, body, secrets }: SignedMessage, nowMs: number): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1000))
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
