import { fieldsOf } from '../../json.ts'
import type { Reply } from '../compose-reply.ts'
import type { Exchange } from '../exchange.ts'
import type { PromptUsage } from '../prompt-cache.ts'
import { joinPieces } from '../tokens.ts'
import { signThinking } from './thinking-signature.ts'

/** The envelope of a message; what it says comes later. */
export function messageEnvelope({ call, body }: Exchange) {
  return {
    id: `msg_${call.id}`,
    type: 'message',
    role: 'assistant',
    model: body.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
  }
}

/** The blocks of a reply, whole. */
export function contentBlocks(exchange: Exchange, reply: Reply): readonly Record<string, unknown>[] {
  const thinking = isThinkingOmitted(exchange) ? '' : joinPieces(reply.thinking)
  const text = joinPieces(reply.text)
  const { before, after } = reply.unseen
  return [
    ...(before === 0 ? [] : [unseenThinking(exchange)]),
    ...(reply.thinking.length === 0 ? [] : [{ type: 'thinking', thinking, signature: signThinking(thinking) }]),
    ...(text === '' ? [] : [{ type: 'text', text, citations: null }]),
    ...(after === 0 ? [] : [unseenThinking(exchange)]),
    ...reply.toolCalls.map(({ name, input }, index) => ({
      type: 'tool_use',
      id: toolUseId(exchange, index),
      name,
      input: reply.ending === 'limit' && index === reply.toolCalls.length - 1 ? {} : input,
      caller: { type: 'direct' },
    })),
  ]
}

export function toolUseId({ call }: Exchange, index: number): string {
  return `toolu_${call.id}${index}`
}

/** Thinking is done and billed all the same. */
export function isThinkingOmitted({ body }: Exchange): boolean {
  return fieldsOf(body.thinking).display === 'omitted'
}

/** Thinking that was asked for and is not to be read is redacted; that which nobody asked to see is left out. */
export function unseenThinking(exchange: Exchange) {
  const { type } = fieldsOf(exchange.body.thinking)
  const isAskedFor = (type === 'enabled' || type === 'adaptive') && !isThinkingOmitted(exchange)
  return isAskedFor
    ? ({ type: 'redacted_thinking', data: signThinking(exchange.call.id) } as const)
    : ({ type: 'thinking', thinking: '', signature: signThinking('') } as const)
}

export function stopOf({ directives }: Exchange, reply: Reply) {
  const reasons = { end: 'end_turn', limit: 'max_tokens', stop_sequence: 'stop_sequence', tool: 'tool_use' } as const
  return {
    stop_reason: directives.stop ?? reasons[reply.ending],
    stop_sequence: reply.stopSequence,
    stop_details: null,
    container: null,
  }
}

/**
 * Usage as Anthropic tells it: `input_tokens` leave the cached ones out.
 * @returns null when it is not to be told
 */
export function usageOf(
  { directives }: Exchange,
  prompt: PromptUsage,
  output: { readonly tokens: number; readonly thinkingTokens: number },
) {
  if (directives.usage === 'none') return null
  const isZero = directives.usage === 'zero'
  const told = (count: number) => (isZero ? 0 : count)
  const write5m = told(prompt.cacheWrite5mTokens)
  const write1h = told(prompt.cacheWrite1hTokens)
  return {
    input_tokens: isZero ? 0 : (directives.usageInput ?? prompt.inputTokens),
    cache_creation_input_tokens: write5m + write1h,
    cache_read_input_tokens: told(prompt.cacheReadTokens),
    cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
    output_tokens: isZero ? 0 : (directives.usageOutput ?? output.tokens),
    output_tokens_details: output.thinkingTokens > 0 ? { thinking_tokens: output.thinkingTokens } : null,
    server_tool_use: null,
    service_tier: 'standard',
    inference_geo: 'global',
    speed: 'standard',
  }
}
