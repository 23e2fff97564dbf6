import type { Reply } from '../compose-reply.ts'
import type { Exchange } from '../exchange.ts'
import type { PromptUsage } from '../prompt-cache.ts'
import type { Frame } from '../stream-out.ts'
import { chatEnvelope, chatUsage, choicesOf, finishOf, toolCallId, wantsUsage } from './chat-shape.ts'

/** A reply as OpenAI streams it: role, content, finish, usage if it was asked for, `[DONE]`. */
export function* chatFrames(exchange: Exchange, prompt: PromptUsage, reply: Reply): Generator<Frame> {
  const envelope = chatEnvelope(exchange, 'chat.completion.chunk')
  const isUsageWanted = wantsUsage(exchange)
  const chunk = (index: number, delta: object, finish: string | null = null) =>
    data({
      ...envelope,
      choices: [{ index, delta, logprobs: null, finish_reason: finish }],
      ...(isUsageWanted ? { usage: null } : {}),
    })
  for (let index = 0; index < choicesOf(exchange); index += 1) {
    const content = reply.toolCalls.length > 0 ? null : ''
    yield { ...chunk(index, { role: 'assistant', content, refusal: null }), hiddenTokens: reply.thinkingTokens }
    for (const { text, tokens } of reply.text) yield { ...chunk(index, { content: text }), tokens }
    for (const [position, { name, pieces }] of reply.toolCalls.entries()) {
      const opened = { index: position, id: toolCallId(exchange, position), type: 'function' }
      yield chunk(index, { tool_calls: [{ ...opened, function: { name, arguments: '' } }] })
      for (const { text, tokens } of pieces)
        yield { ...chunk(index, { tool_calls: [{ index: position, function: { arguments: text } }] }), tokens }
    }
    yield chunk(index, {}, finishOf(exchange, reply))
  }
  const usage = chatUsage(exchange, prompt, totalOutput(exchange, reply))
  if (isUsageWanted && usage !== null)
    yield {
      ...data({ ...envelope, choices: [], usage }),
      reported: { input: usage.prompt_tokens, output: usage.completion_tokens },
    }
  yield { text: 'data: [DONE]\n\n' }
}

/** Each choice is generated on its own. */
export function totalOutput(exchange: Exchange, reply: Reply) {
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
