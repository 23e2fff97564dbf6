import { createHmac } from 'node:crypto'
import {
  apiVersion,
  type EventObject,
  nowSeconds,
  type StripeObject,
  type StripeState,
  stripeId,
} from './stripe-state.ts'

export interface WebhookSender {
  /** Makes an event of what an object looks like now, and delivers it. */
  emit(type: string, object: StripeObject): void
  /** Delivers an event again. @returns the status that the receiver answered. */
  deliver(event: EventObject, signature?: string): Promise<number>
  /** Keeps deliveries back until `release`. */
  hold(): void
  release(): void
  /** Forgets deliveries altogether: the receiver has to ask. */
  drop(isDropping: boolean): void
  setUrl(url: string): void
  close(): void
}

/** Signs as Stripe does and tries again until the receiver answers with 2xx. */
export function createWebhookSender(
  state: StripeState,
  secret: string,
  retryDelaysMs: readonly number[],
): WebhookSender {
  let url: string | null = null
  let isHolding = false
  let isDropping = false
  const kept: EventObject[] = []
  const timers = new Set<NodeJS.Timeout>()

  const deliver = async (event: EventObject, signature?: string): Promise<number> => {
    if (url === null) return 0
    const body = JSON.stringify(event)
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'stripe-signature': signature ?? signEvent(body, secret, nowSeconds()),
        },
        body,
      })
      await response.arrayBuffer()
      return response.status
    } catch {
      return 0
    }
  }

  const deliverUntilTaken = async (event: EventObject, tries = 0): Promise<void> => {
    const status = await deliver(event)
    const delayMs = retryDelaysMs[tries]
    if ((status >= 200 && status < 300) || delayMs === undefined) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      void deliverUntilTaken(event, tries + 1)
    }, delayMs)
    timers.add(timer)
  }

  return {
    deliver,
    emit(type, object) {
      const event = {
        id: stripeId('evt'),
        object: 'event',
        api_version: apiVersion,
        created: nowSeconds(),
        livemode: false,
        pending_webhooks: 1,
        request: { id: null, idempotency_key: null },
        type,
        data: { object: structuredClone(object) },
      }
      state.events.push(event)
      if (isDropping) return
      if (isHolding) kept.push(event)
      else void deliverUntilTaken(event)
    },
    hold() {
      isHolding = true
    },
    release() {
      isHolding = false
      for (const event of kept.splice(0)) void deliverUntilTaken(event)
    },
    drop(value) {
      isDropping = value
    },
    setUrl(value) {
      url = value
    },
    close() {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** The `Stripe-Signature` header for a body: HMAC-SHA-256 of time and body. */
export function signEvent(body: string, secret: string, atSeconds: number): string {
  const signature = createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex')
  return `t=${atSeconds},v1=${signature}`
}
