import type { Reply } from '../compose-reply.ts'
import type { Asked } from '../exchange.ts'
import type { PromptUsage } from '../prompt-cache.ts'
import type { Frame } from '../stream-out.ts'
import { chatEnvelope, chatUsage, choicesOf, finishOf, toolCallId, wantsUsage } from './chat-shape.ts'
import { thoughtSignature } from './thought-signature.ts'

/**
 * A reply as OpenAI streams it: role, content, finish, usage if it was asked for, `[DONE]`. Google and xAI tell the counts
 * so far in every chunk, and the whole with the finish, in no chunk of its own (ogx-ai/ogx#5122, envoyproxy/ai-gateway#1503).
 */
export function* chatFrames(exchange: Asked, prompt: PromptUsage, reply: Reply): Generator<Frame> {
  const { call, directives } = exchange
  const isUsageTold = wantsUsage(exchange) && directives.usage !== 'none'
  const isInFinish = isUsageTold && (call.provider === 'google' || call.provider === 'xai')
  const isInEvery = isUsageTold && (isInFinish || directives.isUsageInEveryChunk)
  const frame = createFrame(exchange, prompt)
  const choices = choicesOf(exchange)
  for (let index = 0; index < choices; index += 1) {
    for (const { delta, ...generated } of deltasOf(exchange, reply))
      yield frame([{ index, delta, logprobs: null, finish_reason: null }], { generated, hasUsage: isInEvery })
    const isLast = index === choices - 1
    if (isLast && isUsageTold && directives.isUsageTwice) yield frame([], { hasUsage: true })
    const finish = { index, delta: {}, logprobs: null, finish_reason: finishOf(exchange, reply) }
    const ending = isLast && isInFinish ? 'usage' : 'end'
    const generated = { hiddenTokens: reply.unseen.after }
    yield { ...frame([finish], { generated, hasUsage: isInEvery }), ending }
  }
  if (isUsageTold && !isInFinish) yield { ...frame([], { hasUsage: true }), ending: 'usage' }
  yield { text: 'data: [DONE]\n\n', ending: isUsageTold ? 'end' : 'usage' }
}

interface Generated {
  readonly tokens?: number
  readonly hiddenTokens?: number
}

/** What one choice says, piece by piece. */
function* deltasOf(exchange: Asked, reply: Reply): Generator<Generated & { readonly delta: object }> {
  const isSilent = reply.text.length === 0 && reply.toolCalls.length > 0
  const opening = { role: 'assistant', content: isSilent ? null : '', refusal: null }
  yield { delta: opening, hiddenTokens: reply.thinkingTokens - reply.unseen.after }
  for (const { text, tokens } of reply.text) yield { delta: { content: text }, tokens }
  for (const [index, { name, pieces }] of reply.toolCalls.entries()) {
    const id = toolCallId(exchange, index)
    const opened = { index, id, type: 'function', ...thoughtSignature(exchange, index, id) }
    yield { delta: { tool_calls: [{ ...opened, function: { name, arguments: '' } }] } }
    for (const { text, tokens } of pieces)
      yield { delta: { tool_calls: [{ index, function: { arguments: text } }] }, tokens }
  }
}

/** Makes chunks that know what has been generated so far. */
function createFrame(exchange: Asked, prompt: PromptUsage) {
  const envelope = chatEnvelope(exchange, 'chat.completion.chunk')
  const empty = wantsUsage(exchange) ? { usage: null } : {}
  let tokens = 0
  let thinkingTokens = 0
  return (
    choices: readonly object[],
    { generated = {}, hasUsage }: { readonly generated?: Generated; readonly hasUsage: boolean },
  ): Frame => {
    tokens += (generated.tokens ?? 0) + (generated.hiddenTokens ?? 0)
    thinkingTokens += generated.hiddenTokens ?? 0
    const usage = hasUsage ? chatUsage(exchange, prompt, { tokens, thinkingTokens }) : null
    if (usage === null) return { ...data({ ...envelope, choices, ...empty }), ...generated }
    const reported = { input: usage.prompt_tokens, output: usage.completion_tokens }
    return { ...data({ ...envelope, choices, usage }), ...generated, reported }
  }
}

/** Each choice is generated on its own. */
export function totalOutput(exchange: Asked, reply: Reply) {
  const choices = choicesOf(exchange)
  return { tokens: reply.outputTokens * choices, thinkingTokens: reply.thinkingTokens * choices }
}

export const chatErrorEvent = data({
  error: {
    message: 'The server had an error while processing your request.',
    type: 'server_error',
    param: null,
    code: null,
  },
}).text

function data(value: object): { readonly text: string } {
  return { text: `data: ${JSON.stringify(value)}\n\n` }
}
