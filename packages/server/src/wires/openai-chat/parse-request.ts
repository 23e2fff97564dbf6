import { z } from 'zod'
import { validate } from '../../http/validate.ts'
import { refuseFileIds } from '../refuse-file-ids.ts'
import type { ParsedRequest } from '../wire.ts'

const tokenLimit = z.number().int().min(1).max(1_000_000_000).nullish()

/** What metering needs; a field that is not named here goes along unchanged. */
export const chatRequestSchema = z.looseObject({
  model: z.string().min(1).max(300),
  messages: z.array(z.looseObject({ role: z.string() })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: tokenLimit,
  max_completion_tokens: tokenLimit,
  n: z.number().int().min(1).max(128).nullish(),
  // Other tiers have other prices, which nobody has vouched for.
  service_tier: z.enum(['auto', 'default']).nullish(),
  // Sound is billed by prices of its own, and is kept by the provider under an id.
  modalities: z.array(z.literal('text', 'sound is not served here')).nullish(),
  audio: z.null('sound is not served here').optional(),
  // Nothing bounds how often a model of Chat Completions searches, and its usage does not say.
  web_search_options: z.null('not served here; use the web_search tool of /v1/responses or /v1/messages').optional(),
})

/** @throws AppError `invalid_request` naming the field. */
export function parseRequest(body: Record<string, unknown>): ParsedRequest {
  refuseFileIds(body.messages, 'messages')
  const known = validate(chatRequestSchema, body)
  return {
    model: known.model,
    isStream: known.stream === true,
    maxTokens: largerOf(known.max_completion_tokens ?? null, known.max_tokens ?? null),
    answers: known.n ?? 1,
    thinkingTokens: 0,
    wantsUsageChunk: known.stream_options?.include_usage === true,
    body,
  }
}

/** A body with both limits is held by the larger, and only that goes out. */
function largerOf(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other)
}
