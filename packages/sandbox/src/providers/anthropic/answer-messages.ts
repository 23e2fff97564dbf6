import { composeReply } from '../compose-reply.ts'
import { answerWhole, type Exchange, takePrompt } from '../exchange.ts'
import { ProviderProblem } from '../provider-problem.ts'
import { streamOut } from '../stream-out.ts'
import { checkMessages } from './check-messages.ts'
import { countSearches, searchResultTokens } from './count-server-tools.ts'
import { contentBlocks, messageEnvelope, stopOf, usageOf } from './message-shape.ts'
import { planMessage } from './plan-message.ts'
import { readPrompt } from './read-prompt.ts'
import { readQuestion } from './read-question.ts'
import { errorEvent, messageFrames } from './stream-frames.ts'

/** Anthropic's Messages, whole or streamed. @throws ProviderProblem */
export async function answerMessages(exchange: Exchange): Promise<void> {
  const { body, call, cache, directives } = exchange
  checkVersion(exchange)
  checkMessages(body, { needsMaxTokens: true })
  const counted = cache.useMarked(`${call.apiKey} ${call.model}`, readPrompt(body))
  const found = countSearches(exchange) * searchResultTokens
  const prompt = takePrompt(exchange, { ...counted, inputTokens: counted.inputTokens + found })
  const plan = planMessage(exchange, prompt, composeReply(readQuestion(body, directives)))
  const { reply, searches } = plan
  Object.assign(call, plan.prompt, { servedBy: plan.model, otherIterations: plan.beside, searches })
  if (body.stream === true) return streamOut(exchange, messageFrames(exchange, plan), errorEvent)
  const output = { tokens: reply.outputTokens, thinkingTokens: reply.thinkingTokens }
  const usage = usageOf(exchange, plan, output)
  if (usage !== null) call.reported = { input: usage.input_tokens, output: usage.output_tokens }
  const content = contentBlocks(exchange, plan)
  const message = { ...messageEnvelope(exchange, plan), content, ...stopOf(exchange, plan) }
  await answerWhole(exchange, usage === null ? message : { ...message, usage }, output)
}

/** Counts a prompt without answering it; nothing is billed. @throws ProviderProblem */
export async function countMessageTokens(exchange: Exchange): Promise<void> {
  checkVersion(exchange)
  checkMessages(exchange.body, { needsMaxTokens: false })
  const tokens = readPrompt(exchange.body).reduce((sum, segment) => sum + segment.tokens, 0)
  await answerWhole(exchange, { input_tokens: tokens }, { tokens: 0, thinkingTokens: 0 })
}

function checkVersion({ request }: Exchange): void {
  if (request.get('anthropic-version') === undefined)
    throw new ProviderProblem(400, 'anthropic-version: header is required')
}
