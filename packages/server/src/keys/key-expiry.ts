import { dayMs } from '../kernel/clock.ts'
import type { Row } from '../store/schema.ts'

/** An app's key that is not used for so long dies. */
export const idleLifetimeMs = 180 * dayMs

type Lifetime = Pick<Row<'keys'>, 'source' | 'created_at_ms' | 'last_used_at_ms' | 'idle_from_ms' | 'expires_at_ms'>

/** When a key dies of disuse; null for one that its owner made, which lives as long as its owner says. */
export function idleUntilMs(key: Lifetime): number | null {
  if (key.source !== 'checkout' && key.source !== 'login' && key.source !== 'grant') return null
  return Math.max(key.created_at_ms, key.idle_from_ms ?? 0, key.last_used_at_ms ?? 0) + idleLifetimeMs
}

/** When a key stops working if it is not used any more; null: never. */
export function expiryMsOf(key: Lifetime): number | null {
  const times = [key.expires_at_ms, idleUntilMs(key)].filter((time) => time !== null)
  return times.length === 0 ? null : Math.min(...times)
}
