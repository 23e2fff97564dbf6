import { createThrottle, type Throttle } from '../http/throttle.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'

/** Holds each key to its own `rpm`. */
export interface KeyRates {
  /** @throws AppError 429 `rate_limited`. */
  take(key: AuthenticatedKey): Promise<void>
}

export function createKeyRates(): KeyRates {
  const throttles = new Map<number, Throttle>()
  return {
    async take(key) {
      const times = key.requestsPerMinute
      if (times === null) return
      const throttle = throttles.get(times) ?? createThrottle({ name: `key-${times}`, times, perSeconds: 60 })
      throttles.set(times, throttle)
      await throttle.take(key.keyId)
    },
  }
}
