import { z } from 'zod'
import { isCredibleCount } from '../../pricing/usage.ts'
import type { ReportedUsage } from '../wire.ts'

const count = z.custom<number>(isCredibleCount)

const usageSchema = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count.optional().catch(undefined),
  prompt_tokens_details: z.object({ cached_tokens: count.nullish() }).nullish(),
})

const answerSchema = z.object({ usage: z.unknown() })

/** The usage of a whole answer. @returns null when there is none that can be believed. */
export function readUsage(answer: unknown): ReportedUsage | null {
  const parsed = answerSchema.safeParse(answer)
  return parsed.success ? readUsageObject(parsed.data.usage) : null
}

/** OpenAI's `prompt_tokens` include the cached ones; our buckets are disjoint. */
export function readUsageObject(usage: unknown): ReportedUsage | null {
  const parsed = usageSchema.safeParse(usage)
  if (!parsed.success) return null
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = parsed.data
  const cached = Math.min(parsed.data.prompt_tokens_details?.cached_tokens ?? 0, prompt)
  return {
    inputTokens: prompt - cached,
    cacheReadTokens: cached,
    // Google and xAI leave reasoning out of `completion_tokens` and count it in the total only.
    outputTokens: Math.max(completion, (total ?? 0) - prompt),
  }
}
