import { z } from 'zod'
import { validate } from '../../http/validate.ts'
import type { ParsedRequest } from '../wire.ts'
import { refuseKeptState } from './refuse-kept-state.ts'

/** What metering needs; a field that is not named here goes along unchanged. */
export const messagesRequestSchema = z.looseObject({
  model: z.string().min(1).max(300),
  messages: z.array(z.looseObject({ role: z.string() })).min(1),
  max_tokens: z.number().int().min(1).max(1_000_000_000),
  stream: z.boolean().nullish(),
  // These change the price, and nobody has vouched for the other one.
  service_tier: z.enum(['auto', 'standard_only']).nullish(),
  speed: z.enum(['standard']).nullish(),
  inference_geo: z.enum(['global']).nullish(),
  thinking: z.looseObject({ budget_tokens: z.number().nullish().catch(null) }).nullish(),
})

/** @throws AppError `invalid_request` naming the field. */
export function parseRequest(body: Record<string, unknown>): ParsedRequest {
  refuseKeptState(body)
  const known = validate(messagesRequestSchema, body)
  return {
    model: known.model,
    isStream: known.stream === true,
    maxTokens: known.max_tokens,
    answers: 1,
    thinkingTokens: Math.max(0, known.thinking?.budget_tokens ?? 0),
    wantsUsageChunk: true,
    body,
  }
}
