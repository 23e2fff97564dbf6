import type { Model } from '../pricing/catalogue.ts'
import { writeAnswer as writeMessage } from '../wires/anthropic-messages/write-answer.ts'
import { createWriter as createMessageWriter } from '../wires/anthropic-messages/write-stream.ts'
import type { Answer, AnswerEvent, AnswerWriter } from '../wires/conversation/answer.ts'
import type { Prompt, Tool } from '../wires/conversation/prompt.ts'
import { writeAnswer as writeChat } from '../wires/openai-chat/write-answer.ts'
import { createWriter as createChatWriter } from '../wires/openai-chat/write-stream.ts'
import { writeAnswer as writeResponse } from '../wires/openai-responses/write-answer.ts'
import { createWriter as createResponseWriter } from '../wires/openai-responses/write-stream.ts'
import type { UpstreamBody } from '../wires/wire.ts'
import type { Question } from './read-question.ts'

/** What an answer repeats of its request. */
export interface AnswerContext {
  readonly id: string
  readonly model: Model
  readonly createdSeconds: number
  readonly body: UpstreamBody
  readonly question: Question
  readonly inputTokens: number
}

/**
 * One format of a provider's answers. The shapes are those in which the server writes answers of another family's models;
 * a simulated model only writes them in the provider's place.
 */
export interface AnswerFormat {
  writeWhole(answer: Answer, context: AnswerContext): object
  /** The frames of a stream, one for each event or none. */
  writeStream(events: Iterable<AnswerEvent>, context: AnswerContext): Iterable<string>
}

export const messagesFormat: AnswerFormat = {
  writeWhole: writeMessage,
  writeStream: (events, { inputTokens }) => framesOf(createMessageWriter(inputTokens), events),
}

export const chatFormat: AnswerFormat = {
  writeWhole(answer, { createdSeconds, question }) {
    const { choices, ...rest } = writeChat(answer, createdSeconds)
    return {
      ...rest,
      choices: Array.from({ length: question.choices }, (_, index) => ({ ...choices[0], index })),
    }
  },
  *writeStream(events, { createdSeconds, question }) {
    const wantsUsage = question.wantsUsageChunk
    const all = [...events]
    for (let index = 0; index < question.choices; index += 1) {
      const isLast = index === question.choices - 1
      for (const frame of framesOf(createChatWriter({ createdSeconds, wantsUsage }), all)) {
        // Only the last choice is followed by the counts and the end.
        const own = isLast || !frame.endsWith('data: [DONE]\n\n') ? frame : `${frame.split('\n\n')[0]}\n\n`
        yield own.replaceAll('"choices":[{"index":0,', `"choices":[{"index":${index},`)
      }
    }
  },
}

export const responsesFormat: AnswerFormat = {
  writeWhole: (answer, context) => writeResponse(answer, contextOf(context)),
  writeStream: (events, context) => framesOf(createResponseWriter(contextOf(context)), events),
}

function* framesOf(writer: AnswerWriter, events: Iterable<AnswerEvent>): Generator<string> {
  for (const event of events) yield writer.write(event)
  yield writer.finish()
}

function contextOf({ id, createdSeconds, body, question }: AnswerContext) {
  return { requestId: id, createdSeconds, body, prompt: promptOf(question), keeping: null }
}

/** As much of a prompt as an answer repeats: the groups of its tools. */
function promptOf({ tools }: Question): Prompt {
  return {
    ...{ system: [], turns: [], maySearchWeb: false, webSearchesMax: null, toolChoice: null, mayCallInParallel: null },
    ...{ temperature: null, topP: null, stopSequences: [], reasoning: null, format: null, endUser: null },
    tools: tools.map(
      ({ name, group }): Tool => ({
        name: group === null ? name : `${group}__${name}`,
        description: null,
        schema: {},
        isStrict: null,
        namespace: group === null ? null : { name: group, tool: name },
        cache: null,
      }),
    ),
  }
}

/** The same answer without its counts, as some providers leave them out. */
export function withoutUsage(answer: object): object {
  return Object.fromEntries(
    Object.entries(answer)
      .filter(([name]) => name !== 'usage')
      .map(([name, value]) => [name, name === 'message' || name === 'response' ? withoutUsage(value) : value]),
  )
}

/** The same for frames of a stream. */
export function framesWithoutUsage(frames: string): string {
  return frames.replace(
    /^data: (\{.*\})$/gm,
    (_, json: string) => `data: ${JSON.stringify(withoutUsage(JSON.parse(json)))}`,
  )
}
