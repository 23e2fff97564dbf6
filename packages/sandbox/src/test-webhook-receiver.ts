import { createServer } from 'node:http'
import Stripe from 'stripe'
import { closeServer, listen } from './http/listen.ts'
import type { Sandbox } from './index.ts'

export interface WebhookReceiver {
  readonly url: string
  /** Verified events in the order in which they came. */
  readonly events: Stripe.Event[]
  /** Signatures that did not verify, with why. */
  readonly refused: string[]
  /** Answers the next deliveries with these statuses, then 200. */
  readonly statuses: number[]
  types(): readonly string[]
  close(): Promise<void>
}

/** A server that takes webhooks as a merchant's does: raw body, verified by Stripe's own package. */
export async function startWebhookReceiver(secret: string, path = '/hook'): Promise<WebhookReceiver> {
  const events: Stripe.Event[] = []
  const refused: string[] = []
  const statuses: number[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const header = String(request.headers['stripe-signature'])
    try {
      events.push(new Stripe('sk_test_unused').webhooks.constructEvent(Buffer.concat(chunks), header, secret))
    } catch (error) {
      refused.push(String(error))
      response.writeHead(400).end()
      return
    }
    response.writeHead(statuses.shift() ?? 200).end()
  })
  const url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}${path}`
  return {
    url,
    events,
    refused,
    statuses,
    types: () => events.map(({ type }) => type),
    close: () => closeServer(server),
  }
}

/** Stripe's own client, pointed at the sandbox. */
export function stripeClient(sandbox: Sandbox, key = sandbox.stripe.secretKey): Stripe {
  const { hostname, port } = new URL(sandbox.stripe.apiBase)
  return new Stripe(key, { host: hostname, port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 })
}

export const embeddedSession: Stripe.Checkout.SessionCreateParams = {
  mode: 'payment',
  ui_mode: 'embedded_page',
  redirect_on_completion: 'never',
  line_items: [
    { quantity: 1, price_data: { currency: 'usd', unit_amount: 1000, product_data: { name: '1,000 AI credits' } } },
  ],
  client_reference_id: 'purchase_1',
  customer_email: 'ada@example.com',
  metadata: { purchase_id: 'purchase_1' },
  payment_intent_data: { metadata: { purchase_id: 'purchase_1' } },
  adaptive_pricing: { enabled: false },
}

const { redirect_on_completion: _, ui_mode: __, ...everyMode } = embeddedSession

export const hostedSession: Stripe.Checkout.SessionCreateParams = {
  ...everyMode,
  success_url: 'http://shop.localhost/done?session_id={CHECKOUT_SESSION_ID}',
  cancel_url: 'http://shop.localhost/cancelled',
}
