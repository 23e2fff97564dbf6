import { randomBytes } from 'node:crypto'
import Stripe from 'stripe'
import type { Shop } from '../test-shop.ts'

/** An event as Stripe's JSON has it: for those that the sandbox would never send. */
export interface TestEvent {
  readonly id: string
  readonly object: 'event'
  readonly type: string
  readonly created: number
  readonly livemode: boolean
  readonly data: { readonly object: Record<string, unknown> }
}

export function testEvent(type: string, object: Record<string, unknown>, change: Partial<TestEvent> = {}): TestEvent {
  return {
    id: `evt_${randomBytes(8).toString('hex')}`,
    object: 'event',
    type,
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    data: { object },
    ...change,
  }
}

/** What the inbox is given once a signature was right. */
export function asStripeEvent(event: TestEvent): Stripe.Event {
  return new Stripe('sk_test_x').webhooks.constructEventWithoutVerification(JSON.stringify(event))
}

export interface Signing {
  readonly secret?: string
  readonly atSeconds?: number
  readonly header?: string | null
}

/** The `stripe-signature` header, made by Stripe's own package. */
export function signatureOf(payload: string, secret: string, timestamp: number): string {
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })
}

/** Signs and delivers. */
export async function deliver(shop: Shop, event: TestEvent | string, signing: Signing = {}): Promise<Response> {
  const payload = typeof event === 'string' ? event : JSON.stringify(event)
  const { secret = shop.sandbox.stripe.webhookSecret, atSeconds = Math.floor(Date.now() / 1000) } = signing
  const header = signing.header === undefined ? signatureOf(payload, secret, atSeconds) : signing.header
  return fetch(`${shop.url}/webhooks/stripe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(header === null ? {} : { 'stripe-signature': header }) },
    body: payload,
  })
}
