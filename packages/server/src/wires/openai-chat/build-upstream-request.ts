import type { IncomingHttpHeaders } from 'node:http'
import type { Model } from '../../pricing/catalogue.ts'
import { limitToSend } from '../limit-to-send.ts'
import { pickHeaders } from '../upstream-headers.ts'
import type { ParsedRequest, UpstreamBody } from '../wire.ts'

/** Only the model's id, the usage request and a clamped limit are touched. */
export function buildUpstreamBody(request: ParsedRequest, model: Model, clampedTokens: number | null): UpstreamBody {
  const { stream_options: streamOptions, max_tokens: old, max_completion_tokens: current } = request.body
  // Which of two limits a provider obeys is nowhere written: one goes out, as it is held.
  const hasBoth = typeof old === 'number' && typeof current === 'number'
  const limit = limitToSend(request, model, clampedTokens) ?? (hasBoth ? request.maxTokens : null)
  // A client that wrote none is taken for a current one.
  const isOldSpelling = typeof old === 'number' && !hasBoth
  return {
    ...request.body,
    model: model.upstreamId,
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
    ...pickHeaders(clientHeaders, ['openai-beta']),
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    authorization: `Bearer ${apiKey}`,
  }
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
