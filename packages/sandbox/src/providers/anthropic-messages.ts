import type { Request, Response } from 'express'
import type { ProviderCall } from './call-record.ts'
import { composeReply, type Reply, textIn } from './compose-reply.ts'
import { lastUserText } from './openai-chat.ts'
import { streamOut } from './stream-out.ts'

type Body = Record<string, unknown>

/** Anthropic's Messages. */
export async function answerAnthropicMessages(request: Request, response: Response, call: ProviderCall): Promise<void> {
  const body = request.body as Body
  const problem = findProblem(body)
  if (problem !== null) {
    response
      .status(400)
      .json({ type: 'error', error: { type: 'invalid_request_error', message: problem }, request_id: call.id })
    return
  }
  const reply = composeReply(questionOf(body))
  call.inputTokens = reply.inputTokens
  if (body.stream === true) await stream(response, call, body, reply)
  else answerWhole(response, call, body, reply)
}

export function countAnthropicTokens(request: Request, response: Response): void {
  response.json({ input_tokens: composeReply(questionOf(request.body as Body)).inputTokens })
}

function questionOf(body: Body) {
  const choice = body.tool_choice as { type?: string; name?: string } | undefined
  return {
    lastUserText: lastUserText(body.messages),
    allText: textIn([body.system, body.messages]),
    maxTokens: typeof body.max_tokens === 'number' ? body.max_tokens : null,
    tools: (Array.isArray(body.tools) ? body.tools : []).flatMap((tool: { name?: string; input_schema?: unknown }) =>
      tool.name === undefined ? [] : [{ name: tool.name, schema: tool.input_schema }],
    ),
    mustUseTool: choice?.type === 'any' ? (true as const) : (choice?.name ?? null),
    stopSequences: Array.isArray(body.stop_sequences) ? body.stop_sequences.map(String) : [],
  }
}

function answerWhole(response: Response, call: ProviderCall, body: Body, reply: Reply): void {
  call.outputTokens = reply.pieces.length
  call.isFinished = true
  const usage = usageOf(call, reply, outputOf(reply))
  response.set('request-id', call.id).json({
    ...messageOf(call, body),
    content: [contentOf(call, reply)],
    stop_reason: stopOf(reply),
    ...(usage === null ? {} : { usage }),
  })
}

async function stream(response: Response, call: ProviderCall, body: Body, reply: Reply): Promise<void> {
  const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
  const usage = usageOf(call, reply, outputOf(reply))
  const start =
    reply.tool === null
      ? { type: 'text', text: '' }
      : { type: 'tool_use', id: `toolu_${call.id}`, name: reply.tool.name, input: {} }
  await streamOut(response, call, reply.directives, {
    head: [
      event('message_start', {
        message: {
          ...messageOf(call, body),
          content: [],
          stop_reason: null,
          ...(usage === null ? {} : { usage: { ...usage, output_tokens: 1 } }),
        },
      }),
      event('content_block_start', { index: 0, content_block: start }),
      event('ping', {}),
    ],
    chunkOf: (piece) =>
      event('content_block_delta', {
        index: 0,
        delta:
          reply.tool === null ? { type: 'text_delta', text: piece } : { type: 'input_json_delta', partial_json: piece },
      }),
    pieces: reply.pieces,
    tail: [
      event('content_block_stop', { index: 0 }),
      event('message_delta', {
        delta: { stop_reason: stopOf(reply), stop_sequence: null },
        ...(usage === null ? {} : { usage }),
      }),
      event('message_stop', {}),
    ],
    errorEvent: event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
  })
}

function messageOf(call: ProviderCall, body: Body) {
  return { id: `msg_${call.id}`, type: 'message', role: 'assistant', model: body.model, stop_sequence: null }
}

function contentOf(call: ProviderCall, reply: Reply) {
  return reply.tool === null
    ? { type: 'text', text: reply.pieces.join('') }
    : { type: 'tool_use', id: `toolu_${call.id}`, name: reply.tool.name, input: reply.tool.input }
}

function stopOf(reply: Reply): string {
  return reply.directives.stop ?? (reply.tool !== null ? 'tool_use' : reply.isCutByLimit ? 'max_tokens' : 'end_turn')
}

function outputOf(reply: Reply): number {
  return reply.directives.usageOutput ?? reply.pieces.length
}

/** `input_tokens` leave the cached ones out. */
function usageOf(call: ProviderCall, reply: Reply, output: number) {
  const { directives } = reply
  if (directives.usage === 'none') return null
  const isZero = directives.usage === 'zero'
  const input = isZero ? 0 : (directives.usageInput ?? reply.inputTokens)
  call.reported = { input, output: isZero ? 0 : output }
  return {
    input_tokens: input,
    cache_creation_input_tokens: directives.cacheWrite5m + directives.cacheWrite1h,
    cache_read_input_tokens: directives.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: directives.cacheWrite5m,
      ephemeral_1h_input_tokens: directives.cacheWrite1h,
    },
    output_tokens: isZero ? 0 : output,
    service_tier: 'standard',
  }
}

function findProblem(body: Body): string | null {
  if (typeof body.model !== 'string') return 'model: Field required'
  if (typeof body.max_tokens !== 'number') return 'max_tokens: Field required'
  if (!Array.isArray(body.messages) || body.messages.length === 0) return 'messages: Field required'
  const wrong = body.messages.findIndex(
    (message) => !['user', 'assistant', 'system'].includes((message as { role?: string } | null)?.role ?? ''),
  )
  return wrong === -1 ? null : `messages.${wrong}.role: Input should be 'user' or 'assistant'`
}
