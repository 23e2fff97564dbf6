import type { OpenCreditsEvents } from './options.ts'

// A record, so that the compiler misses a name that is new in the types.
const events: Record<keyof OpenCreditsEvents, 1> = {
  purchaseCompleted: 1,
  loginCompleted: 1,
  checkoutOpened: 1,
  purchaseError: 1,
  error: 1,
  complete: 1,
  loggedOut: 1,
  balance: 1,
}
export const eventNames: readonly string[] = Object.keys(events)

/** `purchaseCompleted` → `onPurchaseCompleted` */
export function callbackOf(event: string): string {
  return `on${event.charAt(0).toUpperCase()}${event.slice(1)}`
}
