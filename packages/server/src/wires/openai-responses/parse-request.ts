import { z } from 'zod'
import { validate } from '../../http/validate.ts'
import type { ParsedRequest } from '../wire.ts'
import { refuseKeptState } from './refuse-kept-state.ts'

/** What metering needs; a field that is not named here goes along unchanged. */
export const responsesRequestSchema = z.looseObject({
  model: z.string().min(1).max(300),
  input: z.union([z.string(), z.array(z.looseObject({ type: z.string().nullish() })).min(1)]),
  max_output_tokens: z.number().int().min(1).max(1_000_000_000).nullish(),
  stream: z.boolean().nullish(),
  // Other tiers have other prices, which nobody has vouched for.
  service_tier: z.enum(['auto', 'default']).nullish(),
})

/** @throws AppError `invalid_request` naming the field. */
export function parseRequest(body: Record<string, unknown>): ParsedRequest {
  refuseKeptState(body)
  const known = validate(responsesRequestSchema, body)
  return {
    model: known.model,
    isStream: known.stream === true,
    maxTokens: known.max_output_tokens ?? null,
    answers: 1,
    thinkingTokens: 0,
    wantsUsageChunk: true,
    body,
  }
}
