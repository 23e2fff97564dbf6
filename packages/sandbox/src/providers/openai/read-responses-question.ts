import { type Fields, fieldsOf, listOf, numberOf, textOf } from '../../json.ts'
import type { Question } from '../compose-reply.ts'
import type { Directives } from '../directives.ts'
import type { Measure } from '../measure/create-measure.ts'
import type { Segment } from '../prompt-cache.ts'
import { lastUserText, textIn } from '../request-text.ts'
import { contentTokens, jsonSegment } from './read-chat-prompt.ts'
import { anyJson, reasoningTokensOf } from './read-chat-question.ts'

const itemTokens = 3

/** The items of `input`; text alone is one message. */
export function inputItems(input: unknown): readonly unknown[] {
  return typeof input === 'string' ? [{ role: 'user', content: input }] : listOf(input)
}

export function readResponsesPrompt(body: Fields, measure: Measure): readonly Segment[] {
  const format = fieldsOf(fieldsOf(body.text).format).schema
  const instructions = textOf(body.instructions)
  return [
    ...[...listOf(body.tools), ...(format === undefined ? [] : [format])].map((value) => jsonSegment(value, measure)),
    ...(instructions === null ? [] : [{ content: instructions, tokens: measure.text(instructions) + itemTokens }]),
    ...inputItems(body.input).map((item) => {
      const { content, output, encrypted_content: encrypted, ...rest } = fieldsOf(item)
      const tokens = measure.text(textIn(rest)) + contentTokens(content, measure) + contentTokens(output, measure)
      const hidden = measure.isWorst ? Math.ceil((textOf(encrypted) ?? '').length / 4) : 0
      return { content: JSON.stringify(item), tokens: tokens + hidden + itemTokens }
    }),
  ]
}

/** What a Responses request asks for. */
export function readResponsesQuestion(body: Fields, directives: Directives): Question {
  const effort = reasoningTokensOf(fieldsOf(body.reasoning).effort)
  const format = fieldsOf(fieldsOf(body.text).format)
  const choice = body.tool_choice
  return {
    lastUserText: lastUserText(body),
    toolResultText: toolResultText(body),
    toolSteps: toolSteps(body),
    maxTokens: numberOf(body.max_output_tokens) ?? Number.POSITIVE_INFINITY,
    tools: listOf(body.tools).flatMap((tool) => {
      const { type, name, parameters } = fieldsOf(tool)
      return type === 'function' && typeof name === 'string' ? [{ name, schema: parameters }] : []
    }),
    toolChoice:
      choice === 'none'
        ? 'none'
        : choice === 'required'
          ? 'any'
          : fieldsOf(choice).type === 'function'
            ? { name: String(fieldsOf(choice).name) }
            : 'auto',
    isParallelAllowed: body.parallel_tool_calls !== false,
    stopSequences: [],
    schema: format.type === 'json_schema' ? (format.schema ?? {}) : format.type === 'json_object' ? anyJson : null,
    thinking: effort > 0 ? 'hidden' : 'none',
    thinkingTokensMax: effort,
    directives: effort > 0 && directives.reasoning === null ? { ...directives, reasoning: effort } : directives,
  }
}

/** Answers in a row belong to one step. */
function toolSteps(body: Fields): number {
  const items = inputItems(body.input).map(fieldsOf)
  const since = items.slice(items.findLastIndex(({ role }) => role === 'user') + 1)
  const isAnswer = (index: number) => since[index]?.type === 'function_call_output'
  return since.filter((_, index) => isAnswer(index) && !isAnswer(index - 1)).length
}

function toolResultText(body: Fields): string | null {
  const items = inputItems(body.input)
  const isResult = (item: unknown) => fieldsOf(item).type === 'function_call_output'
  if (!isResult(items.at(-1))) return null
  return textIn(items.slice(items.findLastIndex((item) => !isResult(item)) + 1))
}
