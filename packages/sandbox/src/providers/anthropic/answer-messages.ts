import { composeReply } from '../compose-reply.ts'
import { type Asked, answerWhole, type Exchange, takePrompt, type WholeAnswer } from '../exchange.ts'
import { createMeasure } from '../measure/create-measure.ts'
import { factsOf } from '../measure/model-facts.ts'
import { fitPrompt, worstReply } from '../measure/worst-reply.ts'
import { createPromptCache, type PromptUsage } from '../prompt-cache.ts'
import { ProviderProblem } from '../provider-problem.ts'
import { refuseOverlong } from '../refuse-overlong.ts'
import { streamOut } from '../stream-out.ts'
import { bringFiles } from './bring-files.ts'
import { checkFields } from './check-fields.ts'
import { checkMessages } from './check-messages.ts'
import { bringsUnbounded, countSearches, searchResultTokens } from './count-server-tools.ts'
import { contentBlocks, messageEnvelope, stopOf, usageOf } from './message-shape.ts'
import { type MessagePlan, planMessage } from './plan-message.ts'
import { readPrompt } from './read-prompt.ts'
import { readQuestion } from './read-question.ts'
import { errorEvent, messageFrames } from './stream-frames.ts'

/** Anthropic's Messages, whole or streamed. @throws ProviderProblem */
export async function answerMessages(exchange: Exchange): Promise<void> {
  checkVersion(exchange)
  const { asked, plan } = planAnswer(exchange)
  if (exchange.body.stream === true) return streamOut({ ...exchange, ...asked }, messageFrames(asked, plan), errorEvent)
  await answerWhole(exchange, wholeMessage(asked, plan))
}

/** The answer to a Messages request, before it is written. @throws ProviderProblem */
export function planAnswer(received: Asked): { readonly asked: Asked; readonly plan: MessagePlan } {
  const asked = { ...received, body: bringFiles(received) }
  const { body, call, directives } = asked
  checkMessages(body, { needsMaxTokens: true })
  checkFields(asked, 'messages')
  const facts = factsOf(call.model)
  const question = readQuestion(body, directives)
  const answered = composeReply(question)
  const mayThink = facts.thinking === 'always' || question.thinking !== 'none'
  const tokensMax = Math.min(question.maxTokens, facts.outputTokensMax)
  const said = directives.isWorstOutput ? worstReply(answered, tokensMax, { facts, mayThink }) : answered
  const counted = countPrompt(asked, facts.contextWindow - said.outputTokens)
  refuseOverlong(asked, counted)
  const prompt = takePrompt(asked, counted)
  const plan = planMessage(asked, prompt, said)
  Object.assign(call, plan.prompt, {
    servedBy: plan.model,
    otherIterations: plan.beside,
    searches: plan.searches,
  })
  return { asked, plan }
}

export function wholeMessage(asked: Asked, plan: MessagePlan): WholeAnswer {
  const output = { tokens: plan.reply.outputTokens, thinkingTokens: plan.reply.thinkingTokens }
  const usage = usageOf(asked, plan, output)
  if (usage !== null) asked.call.reported = { input: usage.input_tokens, output: usage.output_tokens }
  const content = contentBlocks(asked, plan)
  const message = { ...messageEnvelope(asked, plan), content, ...stopOf(asked, plan) }
  return { body: usage === null ? message : { ...message, usage }, output }
}

/** What the prompt costs, with what the server's own tools bring into it. */
function countPrompt(exchange: Asked, tokensMax: number): PromptUsage {
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

export function checkVersion({ header }: Asked): void {
  if (header('anthropic-version') === undefined) throw new ProviderProblem(400, 'anthropic-version: header is required')
}
