import type { Purchase } from './find-purchase.ts'

/** The user went back on Stripe's page. One who paid all the same, in another tab, has paid. */
export function isCancelled(purchase: Pick<Purchase, 'status' | 'cancelled_at_ms'>): boolean {
  return purchase.cancelled_at_ms !== null && (purchase.status === 'open' || purchase.status === 'expired')
}
