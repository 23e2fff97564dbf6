import { z } from 'zod'
import { isCredibleCount } from '../pricing/usage.ts'
import type { ReportedUsage } from './wire.ts'

const count = z.custom<number>(isCredibleCount)

/** What OpenAI and those who speak like it tell of the tokens of a prompt. */
export const inputDetailsSchema = z
  .object({
    cached_tokens: count.nullish(),
    cache_write_tokens: count.nullish(),
    cache_write_tokens_details: z.object({ ttl_12h_tokens: count.nullish() }).nullish(),
  })
  .nullish()

/**
 * OpenAI's count of a prompt has the cached tokens in it and those that were written to the cache; our buckets are
 * disjoint. What is kept for 30 minutes is a short write, what is kept for 12 hours a long one.
 */
export function splitInput(input: number, details: z.infer<typeof inputDetailsSchema>): ReportedUsage {
  const cached = Math.min(details?.cached_tokens ?? 0, input)
  const written = Math.min(details?.cache_write_tokens ?? 0, input - cached)
  const long = Math.min(details?.cache_write_tokens_details?.ttl_12h_tokens ?? 0, written)
  return {
    inputTokens: input - cached - written,
    cacheReadTokens: cached,
    ...(written > long ? { cacheWrite5mTokens: written - long } : {}),
    ...(long > 0 ? { cacheWrite1hTokens: long } : {}),
  }
}
