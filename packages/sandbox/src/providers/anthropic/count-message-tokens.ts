import { answerWhole, type Exchange } from '../exchange.ts'
import { createMeasure } from '../measure/create-measure.ts'
import { ProviderProblem } from '../provider-problem.ts'
import { cut, pause } from '../stream-out.ts'
import { checkVersion } from './answer-messages.ts'
import { bringFiles } from './bring-files.ts'
import { checkFields } from './check-fields.ts'
import { checkMessages } from './check-messages.ts'
import { readPrompt } from './read-prompt.ts'

/**
 * Counts a prompt without answering it, as a message with it would be counted: pictures, documents and tools too, but not
 * what the server's own tools would bring. Nothing is billed. @throws ProviderProblem
 */
export async function countMessageTokens(exchange: Exchange): Promise<void> {
  const { call, counting, directives, gone, response } = exchange
  checkVersion(exchange)
  const body = bringFiles(exchange)
  checkMessages(body, { needsMaxTokens: false })
  checkFields({ ...exchange, body }, 'count_tokens')
  await pause(directives.countDelayMs > 0 ? directives.countDelayMs : counting.delayMs, gone)
  const failure = directives.isCountHanging ? 'hang' : (directives.countStatus ?? counting.failure)
  if (failure === 'hang' || gone.aborted) return
  if (failure === 'drop') return cut(response, call)
  if (failure !== null) throw new ProviderProblem(failure, 'The stand-in does not count, as it was told.')
  const segments = readPrompt(body, createMeasure(call.model, directives.isWorstInput))
  const tokens = segments.reduce((sum, segment) => sum + segment.tokens, 0)
  await answerWhole(exchange, { body: { input_tokens: tokens }, output: { tokens: 0, thinkingTokens: 0 } })
}
