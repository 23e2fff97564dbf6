import { answerWhole, type Exchange } from '../exchange.ts'
import { streamOut } from '../stream-out.ts'
import { chatErrorEvent, chatFrames, totalOutput } from './chat-frames.ts'
import { chatEnvelope, chatMessage, chatUsage, choicesOf, finishOf } from './chat-shape.ts'
import { checkChat } from './check-chat.ts'
import { countOpenai } from './count-openai.ts'
import { readChatPrompt } from './read-chat-prompt.ts'
import { readChatQuestion } from './read-chat-question.ts'
import { checkThoughtSignatures } from './thought-signature.ts'

/** OpenAI's Chat Completions, as OpenAI, Google and xAI speak them. @throws ProviderProblem */
export async function answerChat(exchange: Exchange): Promise<void> {
  const { body, call, directives } = exchange
  checkChat(body, call.provider)
  checkThoughtSignatures(exchange)
  const { prompt, reply } = countOpenai(exchange, {
    question: readChatQuestion(body, directives),
    readPrompt: (measure) => readChatPrompt(body, measure),
    choices: choicesOf(exchange),
  })
  if (body.stream === true) return streamOut(exchange, chatFrames(exchange, prompt, reply), chatErrorEvent)
  const output = totalOutput(exchange, reply)
  const usage = chatUsage(exchange, prompt, output)
  if (usage !== null) call.reported = { input: usage.prompt_tokens, output: usage.completion_tokens }
  const message = chatMessage(exchange, reply)
  const choices = Array.from({ length: choicesOf(exchange) }, (_, index) => ({
    index,
    message,
    logprobs: null,
    finish_reason: finishOf(exchange, reply),
  }))
  await answerWhole(
    exchange,
    { ...chatEnvelope(exchange, 'chat.completion'), choices, ...(usage === null ? {} : { usage }) },
    output,
  )
}
