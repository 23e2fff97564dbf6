import { fieldsOf, listOf } from '../../json.ts'
import type { Reply } from '../compose-reply.ts'
import type { Asked } from '../exchange.ts'
import type { PromptUsage } from '../prompt-cache.ts'
import { joinPieces, type Piece } from '../tokens.ts'

/** One item of the output, and what of it is streamed. */
export interface OutputItem {
  readonly kind: 'reasoning' | 'web_search_call' | 'message' | 'function_call'
  readonly whole: Readonly<Record<string, unknown>> & { readonly id: string }
  readonly pieces: readonly Piece[]
}

export function outputItems({ call, body }: Asked, reply: Reply): readonly OutputItem[] {
  const isLimited = reply.ending === 'limit'
  const status = isLimited ? 'incomplete' : 'completed'
  const wantsEncrypted = listOf(body.include).includes('reasoning.encrypted_content')
  const text = joinPieces(reply.text)
  const reasoning: readonly OutputItem[] =
    reply.thinkingTokens === 0
      ? []
      : [
          {
            kind: 'reasoning',
            whole: {
              id: `rs_${call.id}`,
              type: 'reasoning',
              summary: [],
              ...(wantsEncrypted ? { encrypted_content: Buffer.from(`sandbox ${call.id}`).toString('base64') } : {}),
            },
            pieces: [],
          },
        ]
  const searches: readonly OutputItem[] = Array.from({ length: call.searches }, (_, index) => ({
    kind: 'web_search_call',
    whole: {
      id: `ws_${call.id}${index}`,
      type: 'web_search_call',
      status: 'completed',
      action: { type: 'search', query: `question ${index}`, queries: [`question ${index}`], sources: [] },
    },
    pieces: [],
  }))
  const message: readonly OutputItem[] =
    reply.text.length === 0
      ? []
      : [
          {
            kind: 'message',
            whole: { id: `msg_${call.id}`, type: 'message', role: 'assistant', status, content: [textPart(text)] },
            pieces: reply.text,
          },
        ]
  const calls: readonly OutputItem[] = reply.toolCalls.map(({ name, pieces }, index) => ({
    kind: 'function_call',
    whole: {
      id: `fc_${call.id}${index}`,
      type: 'function_call',
      status,
      call_id: `call_${call.id}${index}`,
      name,
      arguments: joinPieces(pieces),
    },
    pieces,
  }))
  return [...reasoning, ...searches, ...message, ...calls]
}

export function textPart(text: string) {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

export type ResponseState = 'in_progress' | 'completed' | 'incomplete' | 'failed'

/** The response around its output. Nothing is kept, whatever `store` says. */
export function responseEnvelope({ call, body }: Asked, status: ResponseState) {
  return {
    id: `resp_${call.id}`,
    object: 'response',
    created_at: Math.floor(call.startedAtMs / 1000),
    status,
    background: false,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    metadata: body.metadata ?? {},
    model: body.model,
    output: [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: fieldsOf(body.reasoning).effort ?? null, summary: null },
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: body.text ?? { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: 'disabled',
    usage: null,
  }
}

/** Usage as Responses tell it. @returns null when it is not to be told */
export function responsesUsage({ call, directives }: Asked, prompt: PromptUsage, reply: Reply) {
  if (directives.usage === 'none') return null
  const isZero = directives.usage === 'zero'
  const cached = isZero ? 0 : prompt.cacheReadTokens
  const written = isZero ? 0 : call.cacheWriteTokens
  const uncached = directives.usageInput ?? prompt.inputTokens
  const read = isZero ? 0 : typeof uncached === 'number' ? uncached + cached + written : uncached
  const said = isZero ? 0 : (directives.usageOutput ?? reply.outputTokens)
  return {
    input_tokens: read,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
    output_tokens: said,
    output_tokens_details: { reasoning_tokens: isZero ? 0 : reply.thinkingTokens },
    total_tokens: typeof read === 'number' && typeof said === 'number' ? read + said : null,
    // https://docs.x.ai/docs/guides/tools/overview: only xAI counts them here; OpenAI leaves it to the items.
    ...(call.provider === 'xai' && call.searches > 0 ? { num_server_side_tools_used: call.searches } : {}),
  }
}
