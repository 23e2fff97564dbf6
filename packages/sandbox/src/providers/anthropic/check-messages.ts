import { type Fields, fieldsOf, isFields, listOf, numberOf, textOf } from '../../json.ts'
import { ProviderProblem } from '../provider-problem.ts'
import { blocksOf, blockType, cacheLives } from './read-prompt.ts'
import { isSignedThinking } from './thinking-signature.ts'

const thinkingBudgetMin = 1024
const cacheMarksMax = 4

/** @throws ProviderProblem in Anthropic's words for the first thing that is wrong. */
export function checkMessages(body: Fields, options: { readonly needsMaxTokens: boolean }): void {
  if (typeof body.model !== 'string') refuse('model: Field required')
  checkModel(String(body.model))
  if (options.needsMaxTokens) checkMaxTokens(body.max_tokens)
  if (!Array.isArray(body.messages)) refuse('messages: Field required')
  if (listOf(body.messages).length === 0) refuse('messages: at least one message is required')
  if (body.thread !== undefined) {
    throw new ProviderProblem(400, 'thread: message threads are not supported here', {
      details: { error_code: 'thread_unsupported_request' },
    })
  }
  listOf(body.messages).forEach(checkTurn)
  checkToolResults(listOf(body.messages))
  checkSettings(body)
  checkTools(body)
  checkCacheMarks(body)
}

function refuse(message: string): never {
  throw new ProviderProblem(400, message)
}

function checkModel(model: string): void {
  if (!model.startsWith('claude-')) throw new ProviderProblem(404, `model: ${model}`)
}

function checkMaxTokens(value: unknown): void {
  if (value === undefined || value === null) refuse('max_tokens: Field required')
  if (!Number.isInteger(value)) refuse('max_tokens: Input should be a valid integer')
  if ((numberOf(value) ?? 0) < 1) refuse('max_tokens: Input should be greater than or equal to 1')
}

function checkTurn(message: unknown, index: number): void {
  const place = `messages.${index}`
  if (!isFields(message)) refuse(`${place}: Input should be a valid dictionary`)
  const { role, content } = fieldsOf(message)
  if (role === undefined) refuse(`${place}.role: Field required`)
  if (role !== 'user' && role !== 'assistant' && role !== 'system')
    refuse(`${place}.role: Input should be 'user' or 'assistant'`)
  if (content === undefined) refuse(`${place}.content: Field required`)
  if (typeof content !== 'string' && !Array.isArray(content))
    refuse(`${place}.content: Input should be a valid string or list`)
  blocksOf(content).forEach((block, blockIndex) => {
    checkBlock(block, `${place}.content.${blockIndex}`)
  })
}

function checkBlock(block: unknown, place: string): void {
  const { type, text, thinking, signature } = fieldsOf(block)
  if (typeof type !== 'string') refuse(`${place}.type: Field required`)
  if (type === 'text' && typeof text !== 'string') refuse(`${place}.text.text: Field required`)
  if (type === 'text' && text === '') refuse('messages: text content blocks must be non-empty')
  if (type === 'thinking' && !isSignedThinking(textOf(thinking) ?? '', textOf(signature) ?? ''))
    refuse(`${place}: Invalid \`signature\` in \`thinking\` block`)
}

/** Every call of a tool is answered in the very next turn, and nothing else is. */
function checkToolResults(messages: readonly unknown[]): void {
  messages.forEach((message, index) => {
    const called = idsIn(messages[index - 1], 'assistant', 'tool_use', 'id')
    const answered = idsIn(message, 'user', 'tool_result', 'tool_use_id')
    const unexpected = answered.find((id) => !called.includes(id))
    if (unexpected !== undefined)
      refuse(
        `messages.${index}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${unexpected}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      )
    const missing = called.filter((id) => !answered.includes(id))
    if (missing.length > 0)
      refuse(
        `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      )
  })
}

function idsIn(message: unknown, role: string, type: string, field: string): readonly string[] {
  const turn = fieldsOf(message)
  if (turn.role !== role) return []
  return blocksOf(turn.content)
    .filter((block) => blockType(block) === type)
    .map((block) => String(fieldsOf(block)[field]))
}

function checkSettings(body: Fields): void {
  const { temperature, stop_sequences: stops, thinking, stream } = body
  if (temperature !== undefined && (typeof temperature !== 'number' || temperature < 0 || temperature > 1))
    refuse('temperature: range: 0..1')
  if (stream !== undefined && typeof stream !== 'boolean') refuse('stream: Input should be a valid boolean')
  if (stops !== undefined && !(Array.isArray(stops) && stops.every((stop) => typeof stop === 'string')))
    refuse('stop_sequences: Input should be a valid list of strings')
  if (listOf(stops).some((stop) => String(stop).trim() === ''))
    refuse('stop_sequences: each stop sequence must contain non-whitespace')
  if (fieldsOf(thinking).type !== 'enabled') return
  const budget = numberOf(fieldsOf(thinking).budget_tokens)
  if (budget === null) refuse('thinking.enabled.budget_tokens: Field required')
  if ((budget ?? 0) < thinkingBudgetMin)
    refuse(`thinking.enabled.budget_tokens: Input should be greater than or equal to ${thinkingBudgetMin}`)
  if ((budget ?? 0) >= (numberOf(body.max_tokens) ?? Number.POSITIVE_INFINITY))
    refuse('`max_tokens` must be greater than `thinking.budget_tokens`.')
}

function checkTools(body: Fields): void {
  const names = listOf(body.tools).map((tool, index) => {
    const { name, type, input_schema: schema } = fieldsOf(tool)
    if (typeof name !== 'string') return refuse(`tools.${index}.custom.name: Field required`)
    if ((type === undefined || type === 'custom') && !isFields(schema))
      return refuse(`tools.${index}.custom.input_schema: Field required`)
    return name
  })
  if (new Set(names).size < names.length) refuse('tools: Tool names must be unique.')
  const { type, name } = fieldsOf(body.tool_choice)
  if (type === 'tool' && !names.includes(String(name)))
    refuse(`tool_choice.name: Tool '${String(name)}' not found in provided tools`)
  if ((type === 'any' || type === 'tool') && fieldsOf(body.thinking).type === 'enabled')
    refuse('Thinking may not be enabled when tool_choice forces tool use.')
}

function checkCacheMarks(body: Fields): void {
  const lives = cacheLives(body)
  if (lives.length > cacheMarksMax)
    refuse(`A maximum of ${cacheMarksMax} blocks with cache_control may be provided. Found ${lives.length}.`)
  const firstShort = lives.indexOf('5m')
  if (firstShort !== -1 && lives.lastIndexOf('1h') > firstShort)
    refuse("cache_control: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.")
}
