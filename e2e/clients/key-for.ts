import type { refusals } from './asks.ts'
import type { Customer } from './customer.ts'

/** The key that is refused in this way. */
export async function keyFor(customer: Customer, refusal: (typeof refusals)[number]): Promise<string> {
  return refusal.with === 'throttledKey' ? customer.throttledKey() : customer[refusal.with]
}
