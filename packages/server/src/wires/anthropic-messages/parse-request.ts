import { z } from 'zod'
import { validate } from '../../http/validate.ts'
import { refuseUnclassified } from '../refuse-unclassified.ts'
import type { ParsedRequest } from '../wire.ts'
import { messagesClassification } from './classified-fields.ts'
import { readFurtherRuns } from './read-further-runs.ts'

/** What metering needs to read; which other fields go along is `classified-fields.ts`. */
export const messagesRequestSchema = z.looseObject({
  model: z.string().min(1).max(300),
  messages: z.array(z.looseObject({ role: z.string() })).min(1),
  max_tokens: z.number().int().min(1).max(1_000_000_000),
  stream: z.boolean().nullish(),
  thinking: z.looseObject({ budget_tokens: z.number().nullish().catch(null) }).nullish(),
})

/** @throws AppError `invalid_request` naming the field. */
export function parseRequest(body: Record<string, unknown>): ParsedRequest {
  refuseUnclassified(body, messagesClassification.body, 'anthropic')
  const known = validate(messagesRequestSchema, body)
  return {
    model: known.model,
    isStream: known.stream === true,
    maxTokens: known.max_tokens,
    answers: 1,
    furtherRuns: readFurtherRuns(body),
    predictedTokens: 0,
    wantsUsageChunk: true,
    body,
  }
}
