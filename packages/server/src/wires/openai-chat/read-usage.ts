import { z } from 'zod'
import { isCredibleCount } from '../../pricing/usage.ts'
import { inputDetailsSchema, splitInput } from '../split-input.ts'
import type { ReportedUsage } from '../wire.ts'

const count = z.custom<number>(isCredibleCount)

const usageSchema = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count.optional().catch(undefined),
  prompt_tokens_details: inputDetailsSchema,
})

const answerSchema = z.object({ usage: z.unknown() })

/** The usage of a whole answer. @returns null when there is none that can be believed. */
export function readUsage(answer: unknown): ReportedUsage | null {
  const parsed = answerSchema.safeParse(answer)
  return parsed.success ? readUsageObject(parsed.data.usage) : null
}

/** A prediction that the model rejected is billed as output, and is in `completion_tokens`. */
export function readUsageObject(usage: unknown): ReportedUsage | null {
  const parsed = usageSchema.safeParse(usage)
  if (!parsed.success) return null
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = parsed.data
  return {
    ...splitInput(prompt, parsed.data.prompt_tokens_details),
    // Google and xAI leave reasoning out of `completion_tokens` and count it in the total only.
    outputTokens: Math.max(completion, (total ?? 0) - prompt),
  }
}
