import { z } from 'zod'
import { validate } from '../../http/validate.ts'
import { refuseUnclassified } from '../refuse-unclassified.ts'
import type { ParsedRequest } from '../wire.ts'
import { responsesClassification } from './classified-fields.ts'
import { readFurtherRuns } from './read-further-runs.ts'

/** What metering needs to read; which other fields go along is `classified-fields.ts`. */
export const responsesRequestSchema = z.looseObject({
  model: z.string().min(1).max(300),
  input: z.union([z.string(), z.array(z.looseObject({ type: z.string().nullish() })).min(1)]),
  max_output_tokens: z.number().int().min(1).max(1_000_000_000).nullish(),
  // What is no count bounds no searches: 0 where a provider does not heed it, less than 0 anywhere.
  max_tool_calls: z.number().int().min(1).max(1_000_000_000).nullish(),
  stream: z.boolean().nullish(),
})

/** @throws AppError `invalid_request` naming the field. */
export function parseRequest(body: Record<string, unknown>): ParsedRequest {
  refuseUnclassified(body, responsesClassification.body, 'openai')
  const known = validate(responsesRequestSchema, body)
  return {
    model: known.model,
    isStream: known.stream === true,
    maxTokens: known.max_output_tokens ?? null,
    answers: 1,
    furtherRuns: readFurtherRuns(body),
    predictedTokens: 0,
    wantsUsageChunk: true,
    body,
  }
}
