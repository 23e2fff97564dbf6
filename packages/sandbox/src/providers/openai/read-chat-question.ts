import { type Fields, fieldsOf, listOf, numberOf } from '../../json.ts'
import type { Question } from '../compose-reply.ts'
import type { Directives } from '../directives.ts'
import { lastUserText, textIn } from '../request-text.ts'

/** What `response_format: json_object` is answered with. */
export const anyJson = { type: 'object', properties: { answer: { type: 'string' } } }

/** How long a model reasons at each effort. */
const reasoningTokens: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 0,
  low: 64,
  medium: 128,
  high: 256,
  xhigh: 512,
}

/** What a Chat Completions request asks for. */
export function readChatQuestion(body: Fields, directives: Directives): Question {
  const effort = reasoningTokensOf(body.reasoning_effort)
  return {
    lastUserText: lastUserText(body),
    toolResultText: toolResultText(body),
    toolSteps: callingTurns(body).length,
    maxTokens: numberOf(body.max_completion_tokens) ?? numberOf(body.max_tokens) ?? Number.POSITIVE_INFINITY,
    tools: listOf(body.tools).flatMap((tool) => {
      const { name, parameters } = fieldsOf(fieldsOf(tool).function)
      return typeof name === 'string' ? [{ name, schema: parameters }] : []
    }),
    toolChoice: toolChoiceOf(body.tool_choice),
    isParallelAllowed: body.parallel_tool_calls !== false,
    stopSequences: [body.stop ?? []].flat().map(String),
    schema: schemaOf(body.response_format),
    thinking: effort > 0 ? 'hidden' : 'none',
    thinkingTokensMax: effort,
    directives: effort > 0 && directives.reasoning === null ? { ...directives, reasoning: effort } : directives,
  }
}

export function reasoningTokensOf(effort: unknown): number {
  return reasoningTokens[String(effort)] ?? 0
}

/** The assistant's turns since the user said something that call tools. */
export function callingTurns(body: Fields): readonly Fields[] {
  const messages = listOf(body.messages).map(fieldsOf)
  const since = messages.slice(messages.findLastIndex(({ role }) => role === 'user') + 1)
  return since.filter(({ tool_calls: calls }) => listOf(calls).length > 0)
}

function toolResultText(body: Fields): string | null {
  const messages = listOf(body.messages)
  const last = fieldsOf(messages.at(-1))
  if (last.role !== 'tool') return null
  const start = messages.findLastIndex((message) => fieldsOf(message).role !== 'tool')
  return textIn(messages.slice(start + 1).map((message) => fieldsOf(message).content))
}

function toolChoiceOf(choice: unknown): Question['toolChoice'] {
  if (choice === 'none') return 'none'
  if (choice === 'required') return 'any'
  const name = fieldsOf(fieldsOf(choice).function).name
  return typeof name === 'string' ? { name } : 'auto'
}

function schemaOf(format: unknown): unknown {
  const { type, json_schema: wrapped } = fieldsOf(format)
  if (type === 'json_object') return anyJson
  return type === 'json_schema' ? (fieldsOf(wrapped).schema ?? {}) : null
}
