import type { Redis } from 'ioredis'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { AppError } from '../kernel/app-error.ts'
import { secondMs } from '../kernel/clock.ts'
import { countInMemory } from './count-in-memory.ts'

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
    const count = countInMemory(rule.perSeconds * secondMs)
    const countHere = (subject: string): Allowance => {
      const { count: times, msLeft } = count(subject)
      return allow(rule, times, msLeft)
    }
    if (redis === null) return { take: async (subject) => countHere(subject) }
    const limiter = new RateLimiterRedis({
      keyPrefix: `opencredits:${rule.name}`,
      points: rule.times,
      duration: rule.perSeconds,
      storeClient: redis,
    })
    return {
      async take(subject) {
        const counted = await limiter
          .consume(subject)
          .catch((refusal: unknown) => (refusal instanceof RateLimiterRes ? refusal : null))
        return counted === null ? countHere(subject) : allow(rule, counted.consumedPoints, counted.msBeforeNext)
      },
    }
  }
}

/** Counts in this process; a subject is an address, an e-mail or a key's id. */
export const createThrottle: CreateThrottle = throttlesIn(null)

function allow(rule: ThrottleRule, times: number, msLeft: number): Allowance {
  const allowance = {
    limit: rule.times,
    remaining: Math.max(0, rule.times - times),
    resetSeconds: Math.max(1, Math.ceil(msLeft / secondMs)),
  }
  if (times > rule.times) throw limited(rule, allowance)
  return allowance
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
