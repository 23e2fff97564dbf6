import { listOf, property } from '../wires/ceiling/prompt-parts.ts'
import type { UpstreamBody } from '../wires/wire.ts'

export interface AskedTool {
  /** As the client named it; within its group where it has one. */
  readonly name: string
  readonly group: string | null
  readonly schema: unknown
}

/** What a request asks of a model, whichever of the formats it is in. */
export interface Question {
  /** The user's last words, directives and all; empty where tools have answered last and nothing was said beside them. */
  readonly said: string
  /** What tools have answered, where that came last. */
  readonly toolAnswer: string | null
  readonly tools: readonly AskedTool[]
  readonly toolChoice: 'auto' | 'none' | 'any' | { readonly name: string }
  readonly mayCallInParallel: boolean
  readonly maxTokens: number | null
  readonly stopSequences: readonly string[]
  /** The JSON schema that the answer has to fit; null for free text. */
  readonly schema: unknown
  /** How hard it is asked to think; null where it is not. */
  readonly effort: string | null
  /** How many answers. */
  readonly choices: number
  readonly wantsUsageChunk: boolean
}

/**
 * Reads a body as its provider would get it. What no simulated model does (search the web, hear, draw) is passed over, as
 * it passed the server's own checks; what is wrong was refused there.
 */
export function readQuestion(body: UpstreamBody): Question {
  const choice = body.tool_choice
  const isSerial = body.parallel_tool_calls === false || property(choice, 'disable_parallel_tool_use') === true
  return {
    ...lastWords(body),
    tools: listOf(body.tools).flatMap(toolsOf),
    toolChoice: toolChoiceOf(choice),
    mayCallInParallel: !isSerial,
    maxTokens: numberOf(body.max_completion_tokens) ?? numberOf(body.max_tokens) ?? numberOf(body.max_output_tokens),
    stopSequences: [body.stop, body.stop_sequences]
      .flat()
      .flatMap((one) => (typeof one === 'string' && one !== '' ? [one] : [])),
    schema: schemaOf(body),
    effort: effortOf(body),
    choices: numberOf(body.n) ?? 1,
    wantsUsageChunk: property(body.stream_options, 'include_usage') === true,
  }
}

function lastWords(body: UpstreamBody): Pick<Question, 'said' | 'toolAnswer'> {
  if (typeof body.input === 'string') return { said: body.input, toolAnswer: null }
  const items = listOf(body.messages ?? body.input)
  // The inputs of embeddings: nobody says them.
  if (items.every((item) => typeof item === 'string')) return { said: textOf(items.at(-1)), toolAnswer: null }
  const end = items.findLastIndex((item) => isAnswerOfTool(item) || property(item, 'role') === 'user')
  const last = items[end]
  if (!isAnswerOfTool(last)) return { said: textOf(property(last, 'content')), toolAnswer: null }
  const begin = items.slice(0, end).findLastIndex((item) => !isAnswerOfTool(item)) + 1
  const answers = items.slice(begin, end + 1)
  return { said: textOf(property(last, 'content'), 'text'), toolAnswer: answers.map(answerOf).join('\n') }
}

function isAnswerOfTool(item: unknown): boolean {
  const [role, type] = [property(item, 'role'), property(item, 'type')]
  return role === 'tool' || type === 'function_call_output' || (role === 'user' && resultsIn(item).length > 0)
}

function resultsIn(item: unknown): readonly unknown[] {
  return listOf(property(item, 'content')).filter((block) => property(block, 'type') === 'tool_result')
}

function answerOf(item: unknown): string {
  const results = resultsIn(item)
  if (results.length > 0) return results.map((result) => textOf(property(result, 'content'))).join('\n')
  return textOf(property(item, 'output') ?? property(item, 'content'))
}

/** All text of a message. @param only the one type of parts that counts. */
function textOf(content: unknown, only: string | null = null): string {
  if (typeof content === 'string') return only === null ? content : ''
  const parts = listOf(content).filter((part) => only === null || property(part, 'type') === only)
  return parts.flatMap((part) => property(part, 'text') ?? []).join('\n')
}

function toolsOf(tool: unknown): readonly AskedTool[] {
  const type = property(tool, 'type')
  if (type === 'namespace') {
    const group = String(property(tool, 'name'))
    return listOf(property(tool, 'tools')).flatMap((inner) => toolsOf(inner).map((one) => ({ ...one, group })))
  }
  const definition = property(tool, 'function') ?? tool
  const [name, schema] = [property(definition, 'name'), property(definition, 'parameters')]
  const isCallable = type === undefined || type === null || type === 'function' || type === 'custom'
  const taken = schema ?? property(definition, 'input_schema')
  // A custom tool of OpenAI's takes free text, not arguments.
  if (typeof name !== 'string' || !isCallable || (type === 'custom' && taken === undefined)) return []
  return [{ name, group: null, schema: taken ?? {} }]
}

function toolChoiceOf(choice: unknown): Question['toolChoice'] {
  const kind = typeof choice === 'string' ? choice : property(choice, 'type')
  const name = property(property(choice, 'function'), 'name') ?? property(choice, 'name')
  if (typeof name === 'string') return { name }
  if (kind === 'none') return 'none'
  const mode = property(choice, 'mode') ?? property(property(choice, 'allowed_tools'), 'mode')
  return kind === 'required' || kind === 'any' || mode === 'required' ? 'any' : 'auto'
}

/** What `json_object` is answered with. */
const anyJson = { type: 'object', properties: { answer: { type: 'string' } } }

function schemaOf(body: UpstreamBody): unknown {
  const format =
    body.response_format ??
    property(body.text, 'format') ??
    property(body.output_config, 'format') ??
    body.output_format
  const type = property(format, 'type')
  if (type === 'json_object') return anyJson
  if (type !== 'json_schema') return null
  return property(format, 'schema') ?? property(property(format, 'json_schema'), 'schema') ?? {}
}

function effortOf(body: UpstreamBody): string | null {
  const thinking = property(body.thinking, 'type')
  if (thinking !== undefined) return thinking === 'disabled' ? null : 'medium'
  const effort = body.reasoning_effort ?? property(body.reasoning, 'effort')
  return typeof effort === 'string' && effort !== 'none' ? effort : null
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
