import { z } from 'zod'
import { isCredibleCount } from '../../pricing/usage.ts'
import { inputDetailsSchema, splitInput } from '../split-input.ts'
import type { ReportedUsage } from '../wire.ts'

const count = z.custom<number>(isCredibleCount)

const answerSchema = z.object({
  usage: z.object({
    input_tokens: count,
    output_tokens: count,
    input_tokens_details: inputDetailsSchema,
  }),
})

const outputSchema = z.object({
  output: z.array(
    z.looseObject({
      type: z.unknown().optional(),
      action: z.looseObject({ type: z.string().nullish() }).nullish().catch(null),
    }),
  ),
})

/** The usage of a response. @returns null when it cannot be believed. */
export function readUsage(response: unknown): ReportedUsage | null {
  const parsed = answerSchema.safeParse(response)
  if (!parsed.success) return null
  const { input_tokens: input, output_tokens: output, input_tokens_details: details } = parsed.data.usage
  const searches = searchesOf(response)
  return {
    ...splitInput(input, details),
    outputTokens: output,
    ...(searches === 0 ? {} : { webSearches: searches }),
  }
}

/**
 * Each search is billed by itself, and is an item of the output. Opening a page and looking in it are not billed; an
 * item that does not say what it did is taken for a search.
 */
function searchesOf(response: unknown): number {
  const parsed = outputSchema.safeParse(response)
  if (!parsed.success) return 0
  return parsed.data.output.filter(
    ({ type, action }) => type === 'web_search_call' && (action?.type ?? 'search') === 'search',
  ).length
}
