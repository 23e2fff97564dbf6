import type { Request, Response } from 'express'
import type { ProviderCall } from './call-record.ts'
import { composeReply, type Reply, textIn } from './compose-reply.ts'
import { streamOut } from './stream-out.ts'

type Body = Record<string, unknown>

/** OpenAI's Chat Completions, as OpenAI, Google and xAI speak them. */
export async function answerOpenaiChat(request: Request, response: Response, call: ProviderCall): Promise<void> {
  const body = request.body as Body
  const problem = findProblem(body)
  if (problem !== null) {
    response
      .status(400)
      .json({ error: { message: problem.message, type: 'invalid_request_error', param: problem.param, code: null } })
    return
  }
  const reply = composeReply({
    lastUserText: lastUserText(body.messages),
    allText: textIn(body.messages),
    maxTokens: asNumber(body.max_completion_tokens) ?? asNumber(body.max_tokens),
    tools: toolsOf(body.tools),
    mustUseTool: forcedTool(body.tool_choice),
    stopSequences: [body.stop ?? []].flat().map(String),
  })
  call.inputTokens = reply.inputTokens
  if (body.stream === true) await stream(response, call, body, reply)
  else answerWhole(response, call, body, reply)
}

function answerWhole(response: Response, call: ProviderCall, body: Body, reply: Reply): void {
  call.outputTokens = reply.pieces.length
  call.isFinished = true
  const usage = usageOf(call, reply)
  const text = reply.pieces.join('')
  response.set('x-request-id', call.id).json({
    id: `chatcmpl-${call.id}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: body.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: reply.tool === null ? text : null,
          refusal: null,
          ...(reply.tool === null
            ? {}
            : {
                tool_calls: [
                  { id: `call_${call.id}`, type: 'function', function: { name: reply.tool.name, arguments: text } },
                ],
              }),
        },
        logprobs: null,
        finish_reason: finishOf(reply),
      },
    ],
    ...(usage === null ? {} : { usage }),
  })
}

async function stream(response: Response, call: ProviderCall, body: Body, reply: Reply): Promise<void> {
  const base = {
    id: `chatcmpl-${call.id}`,
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model: body.model,
  }
  const wantsUsage = (body.stream_options as { include_usage?: boolean } | undefined)?.include_usage === true
  const chunk = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ ...base, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], ...(wantsUsage ? { usage: null } : {}) })}\n\n`
  const toolStart =
    reply.tool === null
      ? []
      : [
          chunk({
            tool_calls: [
              { index: 0, id: `call_${call.id}`, type: 'function', function: { name: reply.tool.name, arguments: '' } },
            ],
          }),
        ]
  const usage = usageOf(call, reply)
  await streamOut(response, call, reply.directives, {
    head: [chunk({ role: 'assistant', content: reply.tool === null ? '' : null, refusal: null }), ...toolStart],
    chunkOf: (piece) =>
      chunk(reply.tool === null ? { content: piece } : { tool_calls: [{ index: 0, function: { arguments: piece } }] }),
    pieces: reply.pieces,
    tail: [
      chunk({}, finishOf(reply)),
      ...(wantsUsage && usage !== null ? [`data: ${JSON.stringify({ ...base, choices: [], usage })}\n\n`] : []),
      'data: [DONE]\n\n',
    ],
    errorEvent: `data: ${JSON.stringify({ error: { message: 'The server had an error', type: 'server_error', param: null, code: null } })}\n\n`,
  })
}

function finishOf(reply: Reply): string {
  return reply.directives.stop ?? (reply.tool !== null ? 'tool_calls' : reply.isCutByLimit ? 'length' : 'stop')
}

/** `prompt_tokens` include the cached ones. */
function usageOf(call: ProviderCall, reply: Reply) {
  const { directives } = reply
  if (directives.usage === 'none') return null
  const isZero = directives.usage === 'zero'
  const prompt = isZero ? 0 : (directives.usageInput ?? reply.inputTokens) + directives.cacheRead
  const completion = isZero ? 0 : (directives.usageOutput ?? reply.pieces.length)
  call.reported = { input: prompt, output: completion }
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: directives.cacheRead, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function findProblem(body: Body): { readonly message: string; readonly param: string } | null {
  if (typeof body.model !== 'string') return { message: 'you must provide a model parameter', param: 'model' }
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    return { message: "Missing required parameter: 'messages'.", param: 'messages' }
  const roles = ['system', 'developer', 'user', 'assistant', 'tool', 'function']
  const wrong = body.messages.findIndex((message) => !roles.includes((message as { role?: string } | null)?.role ?? ''))
  return wrong === -1
    ? null
    : { message: `Invalid value for messages[${wrong}].role.`, param: `messages[${wrong}].role` }
}

export function lastUserText(messages: unknown): string {
  const list = Array.isArray(messages) ? messages : []
  return textIn(list.filter((message) => (message as { role?: string }).role === 'user').at(-1))
}

function toolsOf(tools: unknown) {
  return (Array.isArray(tools) ? tools : []).flatMap((tool) => {
    const definition = (tool as { function?: { name?: string; parameters?: unknown } }).function
    return definition?.name === undefined ? [] : [{ name: definition.name, schema: definition.parameters }]
  })
}

function forcedTool(choice: unknown): string | true | null {
  if (choice === 'required') return true
  return (choice as { function?: { name?: string } } | undefined)?.function?.name ?? null
}

function asNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
