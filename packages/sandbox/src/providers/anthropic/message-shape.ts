import { fieldsOf } from '../../json.ts'
import type { Asked } from '../exchange.ts'
import { joinPieces } from '../tokens.ts'
import type { MessagePlan } from './plan-message.ts'
import { iterationBody } from './read-iterations.ts'
import { signThinking } from './thinking-signature.ts'

/** The envelope of a message; what it says comes later. */
export function messageEnvelope({ call }: Asked, plan: MessagePlan) {
  return {
    id: `msg_${call.id}`,
    type: 'message',
    role: 'assistant',
    model: plan.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
  }
}

/** The blocks of a reply, whole. */
export function contentBlocks(exchange: Asked, plan: MessagePlan): readonly Record<string, unknown>[] {
  const { reply } = plan
  const thinking = isThinkingOmitted(exchange) ? '' : joinPieces(reply.thinking)
  const text = joinPieces(reply.text)
  const { before, after } = reply.unseen
  return [
    ...leadingBlocks(exchange, plan),
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

/** What stands before the answer: a summary, each hop of a fallback, what the server's own tools were asked and told. */
export function leadingBlocks({ call }: Asked, plan: MessagePlan): readonly Record<string, unknown>[] {
  const summary = {
    type: 'compaction',
    content: 'The conversation so far.',
    encrypted_content: null,
    signature: 'c2lnbmVk',
  }
  const hops = [
    call.model,
    ...plan.beside.filter(({ type }) => type === 'message').map(({ model }) => model),
    plan.model,
  ]
    .filter((model, index, models) => models[index - 1] !== model)
    .flatMap((model, index, models) => {
      const from = models[index - 1]
      const trigger = { type: 'refusal', category: null }
      return from === undefined ? [] : [{ type: 'fallback', from: { model: from }, to: { model }, trigger }]
    })
  const searches = Array.from({ length: plan.searches }, (_, index) =>
    serverTool(`srvtoolu_${call.id}${index}`, 'web_search', {
      input: { query: `question ${index}` },
      result: [
        { type: 'web_search_result', url: 'https://example.com/', title: 'Example', encrypted_content: 'ZXhhbXBsZQ==' },
      ],
    }),
  )
  const advice = plan.beside
    .filter(({ type }) => type === 'advisor_message')
    .map((_, index) =>
      serverTool(`srvtoolu_${call.id}a${index}`, 'advisor', {
        input: {},
        result: { type: 'advisor_result', text: 'Answer shortly.', stop_reason: 'end_turn' },
      }),
    )
  return [...(plan.compaction === 'none' ? [] : [summary]), ...hops, ...searches.flat(), ...advice.flat()]
}

function serverTool(id: string, name: string, { input, result }: { readonly input: object; readonly result: object }) {
  return [
    { type: 'server_tool_use', id, name, input, caller: { type: 'direct' } },
    { type: `${name}_tool_result`, tool_use_id: id, content: result, caller: { type: 'direct' } },
  ]
}

export function toolUseId({ call }: Asked, index: number): string {
  return `toolu_${call.id}${index}`
}

/** Thinking is done and billed all the same. */
export function isThinkingOmitted({ body }: Asked): boolean {
  return fieldsOf(body.thinking).display === 'omitted'
}

/** Thinking that was asked for and is not to be read is redacted; that which nobody asked to see is left out. */
export function unseenThinking(exchange: Asked) {
  const { type } = fieldsOf(exchange.body.thinking)
  const isAskedFor = (type === 'enabled' || type === 'adaptive') && !isThinkingOmitted(exchange)
  return isAskedFor
    ? ({ type: 'redacted_thinking', data: signThinking(exchange.call.id) } as const)
    : ({ type: 'thinking', thinking: '', signature: signThinking('') } as const)
}

export function stopOf({ directives }: Asked, { reply, compaction }: MessagePlan) {
  const reasons = { end: 'end_turn', limit: 'max_tokens', stop_sequence: 'stop_sequence', tool: 'tool_use' } as const
  return {
    stop_reason: directives.stop ?? (compaction === 'alone' ? 'compaction' : reasons[reply.ending]),
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
  { directives, serviceTier }: Asked,
  { prompt, iterations, searches }: MessagePlan,
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
    server_tool_use: searches > 0 ? { web_search_requests: searches, web_fetch_requests: 0 } : null,
    ...(iterations === null ? {} : { iterations: isZero ? [] : iterations.map(iterationBody) }),
    service_tier: serviceTier,
    inference_geo: 'global',
    speed: 'standard',
  }
}
