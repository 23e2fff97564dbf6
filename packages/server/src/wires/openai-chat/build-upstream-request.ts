import type { IncomingHttpHeaders } from 'node:http'
import { pickHeaders } from '../upstream-headers.ts'
import type { ParsedRequest, UpstreamBody } from '../wire.ts'

/** Only the model's id, the usage request and a clamped limit are touched. */
export function buildUpstreamBody(
  request: ParsedRequest,
  upstreamModel: string,
  maxTokens: number | null,
): UpstreamBody {
  const { stream_options: streamOptions, max_tokens: old, max_completion_tokens: current } = request.body
  const limit = maxTokens ?? request.maxTokens
  // Which of two limits a provider obeys is nowhere written: one goes out, as it is held.
  const hasBoth = typeof old === 'number' && typeof current === 'number'
  // A client that wrote none is taken for a current one.
  const isOldSpelling = typeof old === 'number' && !hasBoth
  return {
    ...request.body,
    model: upstreamModel,
    // Usage is always asked for: without it a stream could not be billed exactly.
    ...(request.isStream ? { stream_options: { ...asObject(streamOptions), include_usage: true } } : {}),
    ...(limit === null || (maxTokens === null && !hasBoth)
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
