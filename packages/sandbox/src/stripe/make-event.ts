import { apiVersion, type EventObject, nowSeconds, type StripeObject, stripeId } from './stripe-state.ts'

/** An event about what the object looks like now; later changes do not reach it. */
export function makeEvent(type: string, object: StripeObject): EventObject {
  return {
    id: stripeId('evt'),
    object: 'event',
    api_version: apiVersion,
    created: nowSeconds(),
    data: { object: structuredClone(object) },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  }
}
