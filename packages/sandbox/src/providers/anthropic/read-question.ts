import { type Fields, fieldsOf, isFields, listOf, numberOf } from '../../json.ts'
import type { Question } from '../compose-reply.ts'
import { type Directives, readDirectives } from '../directives.ts'
import { lastUserText, textIn } from '../request-text.ts'
import { blocksOf, blockType } from './read-prompt.ts'

/** What an Anthropic request asks for. */
export function readQuestion(body: Fields, directives: Directives): Question {
  const choice = fieldsOf(body.tool_choice)
  const thinking = fieldsOf(body.thinking)
  const isThinking = thinking.type === 'enabled' || thinking.type === 'adaptive'
  return {
    lastUserText: lastUserText(body),
    toolResultText: toolResultText(body),
    toolSteps: toolSteps(body),
    maxTokens: numberOf(body.max_tokens) ?? 0,
    tools: listOf(body.tools).flatMap((tool) => {
      const { name, input_schema: schema } = fieldsOf(tool)
      return typeof name === 'string' && isFields(schema) ? [{ name, schema }] : []
    }),
    toolChoice:
      choice.type === 'tool'
        ? { name: String(choice.name) }
        : choice.type === 'any' || choice.type === 'none'
          ? choice.type
          : 'auto',
    isParallelAllowed: choice.disable_parallel_tool_use !== true,
    stopSequences: listOf(body.stop_sequences).map(String),
    schema: fieldsOf(fieldsOf(body.output_config).format).schema ?? null,
    thinking: isThinking ? 'shown' : 'none',
    thinkingTokensMax: numberOf(thinking.budget_tokens) ?? Number.POSITIVE_INFINITY,
    directives: withLaterTools(body, directives),
  }
}

/** The last turn brings answers only: what is to be called after them was said before. */
function withLaterTools(body: Fields, directives: Directives): Directives {
  const { laterTools, reasoning } = readDirectives(textIn(listOf(body.messages)[placeOfQuestion(body)]))
  return { ...directives, laterTools, reasoning: directives.reasoning ?? reasoning }
}

/** How many of the user's turns in a row have only brought answers of tools. */
function toolSteps(body: Fields): number {
  const turns = listOf(body.messages).slice(placeOfQuestion(body) + 1)
  return turns.filter((turn) => fieldsOf(turn).role === 'user').length
}

/** Where the user last said something. */
function placeOfQuestion(body: Fields): number {
  const isAnswer = (content: unknown) => blocksOf(content).some((block) => blockType(block) === 'tool_result')
  return listOf(body.messages)
    .map(fieldsOf)
    .findLastIndex(({ role, content }) => role === 'user' && !isAnswer(content))
}

function toolResultText(body: Fields): string | null {
  const last = fieldsOf(listOf(body.messages).at(-1))
  const results = blocksOf(last.content).filter((block) => blockType(block) === 'tool_result')
  return results.length === 0 ? null : textIn(results)
}
