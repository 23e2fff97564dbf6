import { fieldsOf, listOf } from '../../json.ts'
import { composeReply, type Question, type Reply } from '../compose-reply.ts'
import type { Asked } from '../exchange.ts'
import { takePrompt } from '../exchange.ts'
import { createMeasure, type Measure } from '../measure/create-measure.ts'
import { factsOf } from '../measure/model-facts.ts'
import { fitPrompt, worstReply } from '../measure/worst-reply.ts'
import type { PromptUsage, Segment } from '../prompt-cache.ts'
import { refuseOverlong } from '../refuse-overlong.ts'
import { countWebSearches, searchResultTokens } from './count-web-searches.ts'

/** What is asked, and how its prompt is read, in either of OpenAI's formats. */
export interface OpenaiCall {
  readonly question: Question
  readonly readPrompt: (measure: Measure) => readonly Segment[]
  readonly choices: number
}

/** Reads the prompt and composes the reply: as they are, or as bad as they may be. */
export function countOpenai(
  exchange: Asked,
  { question, readPrompt, choices }: OpenaiCall,
): { readonly prompt: PromptUsage; readonly reply: Reply } {
  const { body, call, cache, directives } = exchange
  const facts = factsOf(call.model)
  const reply = composeReply(question)
  const tokensMax = Math.min(question.maxTokens, facts.outputTokensMax)
  const effort = body.reasoning_effort ?? fieldsOf(body.reasoning).effort
  const mayThink = facts.thinking !== 'never' && effort !== 'none'
  const said = directives.isWorstOutput ? worstReply(reply, tokensMax, { facts, mayThink }) : reply
  const measure = createMeasure(call.model, directives.isWorstInput)
  const segments = readPrompt(measure)
  call.searches = countWebSearches(exchange)
  const found = call.searches * searchResultTokens
  if (!measure.isWorst) {
    const cached = cache.useAutomatic(`${call.apiKey} ${call.model}`, segments)
    const counted = { ...cached, inputTokens: cached.inputTokens + found }
    refuseOverlong(exchange, counted)
    const prompt = takePrompt(exchange, counted)
    return { prompt, reply: said }
  }
  const counted = segments.reduce((sum, { tokens }) => sum + tokens, bringsUnbounded(exchange) ? measure.unbounded : 0)
  const worst = { inputTokens: counted, cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 }
  const room = facts.contextWindow - said.outputTokens * choices
  return { prompt: takePrompt(exchange, fitPrompt(worst, room)), reply: said }
}

/** Tools of the provider's own, and searches, bring into the context what nobody knows before. */
function bringsUnbounded({ body }: Asked): boolean {
  const isOwn = (tool: unknown) =>
    !['function', 'custom', 'namespace', 'undefined'].includes(String(fieldsOf(tool).type))
  const asked = [
    body.web_search_options,
    body.search_parameters,
    body.previous_response_id,
    body.conversation,
    body.prompt,
  ]
  return listOf(body.tools).some(isOwn) || asked.some((field) => field !== undefined && field !== null)
}
