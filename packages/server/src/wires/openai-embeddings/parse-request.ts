import { z } from 'zod'
import { validate } from '../../http/validate.ts'
import { refuseUnclassified } from '../refuse-unclassified.ts'
import type { ParsedRequest } from '../wire.ts'
import { embeddingsClassification } from './classified-fields.ts'

const inputsMax = 2048
const tokens = z.array(z.number().int().nonnegative())

/** What metering needs to read; which other fields go along is `classified-fields.ts`. */
export const embeddingsRequestSchema = z.looseObject({
  model: z.string().min(1).max(300),
  input: z.union(
    [z.string(), z.array(z.string()).min(1).max(inputsMax), tokens.min(1), z.array(tokens).min(1).max(inputsMax)],
    `a text, a list of tokens, or a list of up to ${inputsMax} of those was expected`,
  ),
})

/** @throws AppError `invalid_request` naming the field. */
export function parseRequest(body: Record<string, unknown>): ParsedRequest {
  refuseUnclassified(body, embeddingsClassification.body, 'openai')
  const known = validate(embeddingsRequestSchema, body)
  return {
    model: known.model,
    isStream: false,
    maxTokens: null,
    answers: 1,
    furtherRuns: [],
    predictedTokens: 0,
    wantsUsageChunk: false,
    body,
  }
}
