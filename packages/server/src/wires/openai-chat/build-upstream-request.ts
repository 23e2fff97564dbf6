import type { IncomingHttpHeaders } from 'node:http'
import { pickHeaders } from '../upstream-headers.ts'
import type { ParsedRequest } from '../wire.ts'

/** Only the model's id, the usage request and a clamped limit are touched. */
export function buildUpstreamBody(request: ParsedRequest, upstreamModel: string, maxTokens: number | null): string {
  const { stream_options: streamOptions } = request.body
  return JSON.stringify({
    ...request.body,
    model: upstreamModel,
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
    ...pickHeaders(clientHeaders, ['openai-beta']),
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    authorization: `Bearer ${apiKey}`,
  }
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
