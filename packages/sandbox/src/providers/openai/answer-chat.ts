import { type Asked, answerWhole, type Exchange, type WholeAnswer } from '../exchange.ts'
import { streamOut } from '../stream-out.ts'
import { bringFiles } from './bring-files.ts'
import { chatErrorEvent, chatFrames, totalOutput } from './chat-frames.ts'
import { chatEnvelope, chatMessage, chatUsage, choicesOf, finishOf } from './chat-shape.ts'
import { checkChat } from './check-chat.ts'
import { countOpenai } from './count-openai.ts'
import { readChatPrompt } from './read-chat-prompt.ts'
import { readChatQuestion } from './read-chat-question.ts'
import { checkThoughtSignatures } from './thought-signature.ts'

/** OpenAI's Chat Completions, as OpenAI, Google and xAI speak them. @throws ProviderProblem */
export async function answerChat(exchange: Exchange): Promise<void> {
  if (exchange.body.stream !== true) return answerWhole(exchange, wholeChat(exchange))
  const { prompt, reply } = planChat(exchange)
  await streamOut(exchange, chatFrames(exchange, prompt, reply), chatErrorEvent)
}

function planChat(exchange: Asked) {
  const { call, directives } = exchange
  checkChat(exchange.body, call.provider)
  const body = bringFiles(exchange, 'messages')
  checkThoughtSignatures(exchange)
  return countOpenai(exchange, {
    question: readChatQuestion(body, directives),
    readPrompt: (measure) => readChatPrompt(body, measure),
    choices: choicesOf(exchange),
  })
}

/** The answer in one piece. @throws ProviderProblem */
export function wholeChat(exchange: Asked): WholeAnswer {
  const { prompt, reply } = planChat(exchange)
  const output = totalOutput(exchange, reply)
  const usage = chatUsage(exchange, prompt, output)
  if (usage !== null) exchange.call.reported = { input: usage.prompt_tokens, output: usage.completion_tokens }
  const message = chatMessage(exchange, reply)
  const choices = Array.from({ length: choicesOf(exchange) }, (_, index) => ({
    index,
    message,
    logprobs: null,
    finish_reason: finishOf(exchange, reply),
  }))
  const body = { ...chatEnvelope(exchange, 'chat.completion'), choices, ...(usage === null ? {} : { usage }) }
  return { body, output }
}
