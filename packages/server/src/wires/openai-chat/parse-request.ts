import { z } from 'zod'
import { validate } from '../../http/validate.ts'
import { refuseUnclassified } from '../refuse-unclassified.ts'
import type { ParsedRequest } from '../wire.ts'
import { chatClassification } from './classified-fields.ts'

const tokenLimit = z.number().int().min(1).max(1_000_000_000).nullish()

/** What metering needs to read; which other fields go along is `classified-fields.ts`. */
export const chatRequestSchema = z.looseObject({
  model: z.string().min(1).max(300),
  messages: z.array(z.looseObject({ role: z.string() })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: tokenLimit,
  max_completion_tokens: tokenLimit,
  n: z.number().int().min(1).max(128).nullish(),
})

/** @throws AppError `invalid_request` naming the field. */
export function parseRequest(body: Record<string, unknown>): ParsedRequest {
  refuseUnclassified(body, chatClassification.body, 'openai')
  const known = validate(chatRequestSchema, body)
  return {
    model: known.model,
    isStream: known.stream === true,
    maxTokens: largerOf(known.max_completion_tokens ?? null, known.max_tokens ?? null),
    answers: known.n ?? 1,
    furtherRuns: [],
    predictedTokens: predictedTokensOf(body.prediction),
    wantsUsageChunk: known.stream_options?.include_usage === true,
    body,
  }
}

/** A body with both limits is held by the larger, and only that goes out. */
function largerOf(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other)
}

/** Its UTF-8 bytes: no tokenizer makes more tokens of it. */
function predictedTokensOf(prediction: unknown): number {
  return prediction === null || prediction === undefined ? 0 : Buffer.byteLength(JSON.stringify(prediction))
}
