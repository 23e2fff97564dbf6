import { type Asked, answerWhole, type Exchange, type WholeAnswer } from '../exchange.ts'
import { streamOut } from '../stream-out.ts'
import { bringFiles } from './bring-files.ts'
import { checkResponses } from './check-responses.ts'
import { countOpenai } from './count-openai.ts'
import { readResponsesPrompt, readResponsesQuestion } from './read-responses-question.ts'
import { responsesErrorEvent, responsesFrames } from './responses-frames.ts'
import { outputItems, responseEnvelope, responsesUsage } from './responses-shape.ts'

/** OpenAI's Responses, without memory: `store` is answered and nothing is kept. @throws ProviderProblem */
export async function answerResponses(exchange: Exchange): Promise<void> {
  if (exchange.body.stream !== true) return answerWhole(exchange, wholeResponse(exchange))
  const { prompt, reply } = planResponse(exchange)
  await streamOut(exchange, responsesFrames(exchange, prompt, reply), responsesErrorEvent)
}

function planResponse(exchange: Asked) {
  const { call, directives } = exchange
  checkResponses(exchange.body, call.provider)
  const body = bringFiles(exchange, 'input')
  return countOpenai(exchange, {
    question: readResponsesQuestion(body, directives),
    readPrompt: (measure) => readResponsesPrompt(body, measure),
    choices: 1,
  })
}

/** The answer in one piece. @throws ProviderProblem */
export function wholeResponse(exchange: Asked): WholeAnswer {
  const { prompt, reply } = planResponse(exchange)
  const usage = responsesUsage(exchange, prompt, reply)
  if (usage !== null) exchange.call.reported = { input: usage.input_tokens, output: usage.output_tokens }
  const body = {
    ...responseEnvelope(exchange, reply.ending === 'limit' ? 'incomplete' : 'completed'),
    output: outputItems(exchange, reply).map(({ whole }) => whole),
    ...(usage === null ? {} : { usage }),
  }
  return { body, output: { tokens: reply.outputTokens, thinkingTokens: reply.thinkingTokens } }
}
