import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { AppError } from '../kernel/app-error.ts'

export interface ThrottleRule {
  readonly name: string
  readonly times: number
  readonly perSeconds: number
}

export interface Throttle {
  /** @throws AppError 429 `rate_limited` with `retry-after` once `subject` has used up the rule. */
  take(subject: string): Promise<void>
}

/** Counts in this process; a subject is an address, an e-mail or a key's id. */
export function createThrottle(rule: ThrottleRule): Throttle {
  const limiter = new RateLimiterMemory({ keyPrefix: rule.name, points: rule.times, duration: rule.perSeconds })
  return {
    async take(subject) {
      try {
        await limiter.consume(subject)
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal
        throw limited(rule, refusal.msBeforeNext)
      }
    },
  }
}

function limited(rule: ThrottleRule, msBeforeNext: number): AppError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000))
  return new AppError(
    'rate_limited',
    `Too many requests: ${rule.times} per ${rule.perSeconds} s are allowed here. Try again in ${seconds} s.`,
    {
      retryAfterSeconds: seconds,
      headers: {
        'x-ratelimit-limit-requests': String(rule.times),
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': `${seconds}s`,
      },
    },
  )
}
