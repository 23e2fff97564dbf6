import type { IncomingHttpHeaders } from 'node:http'
import type { Model } from '../../pricing/catalogue.ts'
import { passingBetas } from '../betas.ts'
import { limitToSend } from '../limit-to-send.ts'
import type { ParsedRequest, UpstreamBody } from '../wire.ts'
import { openaiBetas } from './classified-betas.ts'
import { endUserFields, withoutEndUser } from './end-user.ts'

/**
 * Only the model's id, the user's pseudonym, the usage request and a limit that is held are touched. An answer is not
 * kept: `store` stays out, and `metadata` with it, which OpenAI takes for kept answers only.
 */
export function buildUpstreamBody(
  request: ParsedRequest,
  to: { readonly model: Model; readonly endUser: string },
  clampedTokens: number | null,
): UpstreamBody {
  const { stream_options: streamOptions, store: _store, metadata: _metadata, ...body } = request.body
  const { max_tokens: old, max_completion_tokens: current } = body
  // Which of two limits a provider obeys is nowhere written: one goes out, as it is held.
  const hasBoth = typeof old === 'number' && typeof current === 'number'
  const limit = limitToSend(request, to.model, clampedTokens) ?? (hasBoth ? request.maxTokens : null)
  // A client that wrote none is taken for a current one.
  const isOldSpelling = typeof old === 'number' && !hasBoth
  return {
    ...withoutEndUser(body),
    ...endUserFields(to.model.provider, to.endUser),
    model: to.model.upstreamId,
    // Usage is always asked for: without it a stream could not be billed exactly.
    ...(request.isStream ? { stream_options: { ...asObject(streamOptions), include_usage: true } } : {}),
    ...(limit === null
      ? {}
      : isOldSpelling
        ? { max_tokens: limit }
        : { max_tokens: undefined, max_completion_tokens: limit }),
  }
}

export function buildUpstreamHeaders(clientHeaders: IncomingHttpHeaders, apiKey: string): Record<string, string> {
  return {
    ...passingBetas(clientHeaders, 'openai-beta', openaiBetas),
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    authorization: `Bearer ${apiKey}`,
  }
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
