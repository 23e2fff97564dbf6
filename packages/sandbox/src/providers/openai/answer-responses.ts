import { answerWhole, type Exchange } from '../exchange.ts'
import { streamOut } from '../stream-out.ts'
import { checkResponses } from './check-responses.ts'
import { countOpenai } from './count-openai.ts'
import { readResponsesPrompt, readResponsesQuestion } from './read-responses-question.ts'
import { responsesErrorEvent, responsesFrames } from './responses-frames.ts'
import { outputItems, responseEnvelope, responsesUsage } from './responses-shape.ts'

/** OpenAI's Responses, without memory: `store` is answered and nothing is kept. @throws ProviderProblem */
export async function answerResponses(exchange: Exchange): Promise<void> {
  const { body, call, directives } = exchange
  checkResponses(body, call.provider)
  const { prompt, reply } = countOpenai(exchange, {
    question: readResponsesQuestion(body, directives),
    readPrompt: (measure) => readResponsesPrompt(body, measure),
    choices: 1,
  })
  if (body.stream === true) return streamOut(exchange, responsesFrames(exchange, prompt, reply), responsesErrorEvent)
  const usage = responsesUsage(exchange, prompt, reply)
  if (usage !== null) call.reported = { input: usage.input_tokens, output: usage.output_tokens }
  const response = {
    ...responseEnvelope(exchange, reply.ending === 'limit' ? 'incomplete' : 'completed'),
    output: outputItems(exchange, reply).map(({ whole }) => whole),
    ...(usage === null ? {} : { usage }),
  }
  await answerWhole(exchange, response, { tokens: reply.outputTokens, thinkingTokens: reply.thinkingTokens })
}
