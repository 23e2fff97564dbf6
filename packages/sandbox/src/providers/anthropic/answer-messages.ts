import { composeReply } from '../compose-reply.ts'
import { answerWhole, type Exchange, takePrompt } from '../exchange.ts'
import { createMeasure } from '../measure/create-measure.ts'
import { factsOf } from '../measure/model-facts.ts'
import { fitPrompt, worstReply } from '../measure/worst-reply.ts'
import { createPromptCache, type PromptUsage } from '../prompt-cache.ts'
import { ProviderProblem } from '../provider-problem.ts'
import { refuseOverlong } from '../refuse-overlong.ts'
import { streamOut } from '../stream-out.ts'
import { checkFields } from './check-fields.ts'
import { checkMessages } from './check-messages.ts'
import { bringsUnbounded, countSearches, searchResultTokens } from './count-server-tools.ts'
import { contentBlocks, messageEnvelope, stopOf, usageOf } from './message-shape.ts'
import { planMessage } from './plan-message.ts'
import { readPrompt } from './read-prompt.ts'
import { readQuestion } from './read-question.ts'
import { errorEvent, messageFrames } from './stream-frames.ts'

/** Anthropic's Messages, whole or streamed. @throws ProviderProblem */
export async function answerMessages(exchange: Exchange): Promise<void> {
  const { body, call, directives } = exchange
  checkVersion(exchange)
  checkMessages(body, { needsMaxTokens: true })
  checkFields(exchange.request, body, 'messages')
  const facts = factsOf(call.model)
  const question = readQuestion(body, directives)
  const answered = composeReply(question)
  const mayThink = facts.thinking === 'always' || question.thinking !== 'none'
  const tokensMax = Math.min(question.maxTokens, facts.outputTokensMax)
  const said = directives.isWorstOutput ? worstReply(answered, tokensMax, { facts, mayThink }) : answered
  const counted = countPrompt(exchange, facts.contextWindow - said.outputTokens)
  refuseOverlong(exchange, counted)
  const prompt = takePrompt(exchange, counted)
  const plan = planMessage(exchange, prompt, said)
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

/** What the prompt costs, with what the server's own tools bring into it. */
function countPrompt(exchange: Exchange, tokensMax: number): PromptUsage {
  const { body, call, cache, directives } = exchange
  const measure = createMeasure(call.model, directives.isWorstInput)
  const segments = readPrompt(body, measure)
  const found = countSearches(exchange) * searchResultTokens
  if (!measure.isWorst) {
    const counted = cache.useMarked(`${call.apiKey} ${call.model}`, segments)
    return { ...counted, inputTokens: counted.inputTokens + found }
  }
  // Nothing is in the cache yet.
  const counted = createPromptCache(Date.now).useMarked('', segments)
  const brought = bringsUnbounded(exchange) ? measure.unbounded : 0
  return fitPrompt({ ...counted, inputTokens: counted.inputTokens + found + brought }, tokensMax)
}

export function checkVersion({ request }: Exchange): void {
  if (request.get('anthropic-version') === undefined)
    throw new ProviderProblem(400, 'anthropic-version: header is required')
}
