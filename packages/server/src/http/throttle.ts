import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { AppError } from '../kernel/app-error.ts'

export interface ThrottleRule {
  readonly name: string
  readonly times: number
  readonly perSeconds: number
}

/** What is left of a rule, for the `x-ratelimit-*` headers. */
export interface Allowance {
  readonly limit: number
  readonly remaining: number
  readonly resetSeconds: number
}

export interface Throttle {
  /** @throws AppError 429 `rate_limited` with `retry-after` once `subject` has used up the rule. */
  take(subject: string): Promise<Allowance>
}

/** Makes throttles that count in this process, or for all servers together in Redis. */
export type CreateThrottle = (rule: ThrottleRule) => Throttle

/** @param redis null: each process counts for itself. While Redis is away every process does. */
export function throttlesIn(redis: Redis | null): CreateThrottle {
  return (rule) => {
    const options = { keyPrefix: rule.name, points: rule.times, duration: rule.perSeconds }
    const memory = new RateLimiterMemory(options)
    const limiter =
      redis === null
        ? memory
        : new RateLimiterRedis({
            ...options,
            keyPrefix: `opencredits:${rule.name}`,
            storeClient: redis,
            insuranceLimiter: memory,
          })
    return {
      async take(subject) {
        try {
          return allowanceOf(rule, await limiter.consume(subject))
        } catch (refusal) {
          if (!(refusal instanceof RateLimiterRes)) throw refusal
          throw limited(rule, allowanceOf(rule, refusal))
        }
      },
    }
  }
}

/** Counts in this process; a subject is an address, an e-mail or a key's id. */
export const createThrottle: CreateThrottle = throttlesIn(null)

function allowanceOf(rule: ThrottleRule, { remainingPoints, msBeforeNext }: RateLimiterRes): Allowance {
  return {
    limit: rule.times,
    remaining: Math.max(0, remainingPoints),
    resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  }
}

/** The headers by which OpenAI's clients know how much is left. */
export function allowanceHeaders({ limit, remaining, resetSeconds }: Allowance): Readonly<Record<string, string>> {
  return {
    'x-ratelimit-limit-requests': String(limit),
    'x-ratelimit-remaining-requests': String(remaining),
    'x-ratelimit-reset-requests': `${resetSeconds}s`,
  }
}

function limited(rule: ThrottleRule, allowance: Allowance): AppError {
  return new AppError(
    'rate_limited',
    `Too many requests: ${rule.times} per ${rule.perSeconds} s are allowed here. Try again in ${allowance.resetSeconds} s.`,
    { retryAfterSeconds: allowance.resetSeconds, headers: allowanceHeaders(allowance) },
  )
}
