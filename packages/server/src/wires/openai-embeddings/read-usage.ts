import { z } from 'zod'
import { isCredibleCount } from '../../pricing/usage.ts'
import type { ReportedUsage } from '../wire.ts'

const schema = z.object({ usage: z.object({ prompt_tokens: z.custom<number>(isCredibleCount) }) })

/** @returns null when the answer has no credible count. */
export function readUsage(answer: unknown): ReportedUsage | null {
  const parsed = schema.safeParse(answer)
  return parsed.success ? { inputTokens: parsed.data.usage.prompt_tokens, outputTokens: 0 } : null
}
