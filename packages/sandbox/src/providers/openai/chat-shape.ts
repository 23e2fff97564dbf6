import { fieldsOf, numberOf } from '../../json.ts'
import type { Reply } from '../compose-reply.ts'
import type { Asked } from '../exchange.ts'
import type { PromptUsage } from '../prompt-cache.ts'
import { joinPieces } from '../tokens.ts'
import { thoughtSignature } from './thought-signature.ts'

export function choicesOf({ body }: Asked): number {
  return numberOf(body.n) ?? 1
}

export function chatEnvelope({ call, body }: Asked, object: 'chat.completion' | 'chat.completion.chunk') {
  return {
    id: `chatcmpl-${call.id}`,
    object,
    created: Math.floor(call.startedAtMs / 1000),
    model: body.model,
    service_tier: 'default',
    system_fingerprint: 'fp_sandbox',
  }
}

export function chatMessage(exchange: Asked, reply: Reply) {
  const calls = reply.toolCalls.map(({ name, pieces }, index) => ({
    id: toolCallId(exchange, index),
    type: 'function',
    function: { name, arguments: joinPieces(pieces) },
    ...thoughtSignature(exchange, index, toolCallId(exchange, index)),
  }))
  return {
    role: 'assistant',
    content: calls.length > 0 && reply.text.length === 0 ? null : joinPieces(reply.text),
    refusal: null,
    annotations: [],
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
}

export function toolCallId({ call }: Asked, index: number): string {
  return `call_${call.id}${index}`
}

export function finishOf({ directives }: Asked, reply: Reply): string {
  const reasons = { end: 'stop', limit: 'length', stop_sequence: 'stop', tool: 'tool_calls' } as const
  return directives.stop ?? reasons[reply.ending]
}

/**
 * Usage as OpenAI tells it: `prompt_tokens` include the cached ones, `completion_tokens` the reasoning. Google and xAI leave
 * reasoning out of `completion_tokens` and count it in the total only (https://docs.x.ai/docs/key-information/consumption-and-rate-limits).
 * @returns null when it is not to be told
 */
export function chatUsage(
  { call, directives }: Asked,
  prompt: PromptUsage,
  output: { readonly tokens: number; readonly thinkingTokens: number },
) {
  if (directives.usage === 'none') return null
  const isZero = directives.usage === 'zero'
  const cached = isZero ? 0 : prompt.cacheReadTokens
  const written = isZero ? 0 : call.cacheWriteTokens
  const read = isZero ? 0 : promptTokens(directives.usageInput ?? prompt.inputTokens, cached + written)
  const isReasoningApart = call.provider === 'google' || call.provider === 'xai'
  const apart = isReasoningApart && !isZero ? output.thinkingTokens : 0
  const said = isZero ? 0 : (directives.usageOutput ?? output.tokens - apart)
  return {
    prompt_tokens: read,
    completion_tokens: said,
    total_tokens: typeof read === 'number' && typeof said === 'number' ? read + said + apart : null,
    prompt_tokens_details: {
      cached_tokens: cached,
      audio_tokens: 0,
      ...(written > 0 ? { cache_write_tokens: written } : {}),
    },
    completion_tokens_details: {
      reasoning_tokens: isZero ? 0 : output.thinkingTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function promptTokens(uncached: number | string, cached: number): number | string {
  return typeof uncached === 'number' ? uncached + cached : uncached
}

export function wantsUsage({ body }: Asked): boolean {
  return fieldsOf(body.stream_options).include_usage === true
}
