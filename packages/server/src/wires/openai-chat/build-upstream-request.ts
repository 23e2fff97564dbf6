import type { IncomingHttpHeaders } from 'node:http'
import type { Model } from '../../pricing/catalogue.ts'
import { passingBetas } from '../betas.ts'
import type { ParsedRequest } from '../wire.ts'
import { openaiBetas } from './classified-betas.ts'
import { endUserFields, withoutEndUser } from './end-user.ts'

/**
 * Only the model's id, the user's pseudonym, the usage request and a clamped limit are touched. An answer is not kept:
 * `store` stays out, and `metadata` with it, which OpenAI takes for kept answers only.
 */
export function buildUpstreamBody(
  request: ParsedRequest,
  to: { readonly model: Pick<Model, 'provider' | 'upstreamId'>; readonly endUser: string },
  maxTokens: number | null,
): string {
  const { stream_options: streamOptions, store: _store, metadata: _metadata, ...body } = request.body
  return JSON.stringify({
    ...withoutEndUser(body),
    ...endUserFields(to.model.provider, to.endUser),
    model: to.model.upstreamId,
    // Usage is always asked for: without it a stream could not be billed exactly.
    ...(request.isStream ? { stream_options: { ...asObject(streamOptions), include_usage: true } } : {}),
    ...(maxTokens === null ? {} : limitOf(request.body, maxTokens)),
  })
}

/** The limit is written where the client wrote it; a client that wrote none is taken for a current one. */
function limitOf(body: Readonly<Record<string, unknown>>, maxTokens: number): Record<string, number> {
  const isOldSpelling = typeof body.max_tokens === 'number' && typeof body.max_completion_tokens !== 'number'
  return isOldSpelling ? { max_tokens: maxTokens } : { max_completion_tokens: maxTokens }
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
