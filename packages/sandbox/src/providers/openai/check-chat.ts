import { type Fields, fieldsOf, isFields, listOf, textOf } from '../../json.ts'
import { type ProviderName, ProviderProblem } from '../provider-problem.ts'
import { textIn } from '../request-text.ts'
import { checkFields } from './check-fields.ts'

const roles = ['system', 'developer', 'user', 'assistant', 'tool', 'function']
const choicesMax = 128

/** @throws ProviderProblem in OpenAI's words for the first thing that is wrong. */
export function checkChat(body: Fields, provider: ProviderName): void {
  checkModel(body, provider)
  checkFields(body, provider, 'chat')
  if (body.messages === undefined)
    refuse("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter')
  if (!Array.isArray(body.messages))
    refuse("Invalid type for 'messages': expected an array of objects.", 'messages', 'invalid_type')
  if (listOf(body.messages).length === 0)
    refuse(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'messages',
      'empty_array',
    )
  listOf(body.messages).forEach(checkTurn)
  checkToolTurns(listOf(body.messages))
  checkLimits(body, provider)
  checkTools(body)
  checkFormat(body)
}

export function refuse(message: string, param: string, code: string): never {
  throw new ProviderProblem(400, message, { param, code })
}

/** Each provider has its own models, under ids without a slash. */
export function checkModel(body: Fields, provider: ProviderName): void {
  const model = textOf(body.model) ?? ''
  if (model === '') refuse('you must provide a model parameter', 'model', 'missing_required_parameter')
  const id = provider === 'google' ? model.replace(/^models\//, '') : model
  const family = /^claude-/.test(id) ? 'anthropic' : /^gemini-/.test(id) ? 'google' : /^grok-/.test(id) ? 'xai' : null
  if (id.includes('/') || (family !== null && family !== provider)) {
    throw new ProviderProblem(404, `The model \`${model}\` does not exist or you do not have access to it.`, {
      param: 'model',
      code: 'model_not_found',
    })
  }
}

function checkTurn(message: unknown, index: number): void {
  const place = `messages[${index}]`
  const { role, content, tool_calls: calls } = fieldsOf(message)
  if (!isFields(message)) refuse(`Invalid type for '${place}': expected an object.`, place, 'invalid_type')
  if (role === undefined)
    refuse(`Missing required parameter: '${place}.role'.`, `${place}.role`, 'missing_required_parameter')
  if (!roles.includes(String(role)))
    refuse(
      `Invalid value: '${String(role)}'. Supported values are: ${roles.map((one) => `'${one}'`).join(', ')}.`,
      `${place}.role`,
      'invalid_value',
    )
  const isCalling = role === 'assistant' && listOf(calls).length > 0
  if ((content === null || content === undefined) && !isCalling)
    refuse(`Invalid value for 'content': expected a string, got null.`, `${place}.content`, 'invalid_type')
  if (typeof content === 'string' || content === null || content === undefined) return
  if (!Array.isArray(content)) refuse(`Invalid type for '${place}.content'.`, `${place}.content`, 'invalid_type')
  listOf(content).forEach((part, partIndex) => {
    const type = fieldsOf(part).type
    if (!['text', 'refusal', 'image_url', 'input_audio', 'file'].includes(String(type)))
      refuse(`Invalid value: '${String(type)}'.`, `${place}.content[${partIndex}].type`, 'invalid_value')
  })
}

/** Every call of a tool is answered before anything else is said, and nothing else is. */
function checkToolTurns(messages: readonly unknown[]): void {
  let open: readonly string[] = []
  messages.forEach((message, index) => {
    const { role, tool_call_id: id, tool_calls: calls } = fieldsOf(message)
    if (role === 'tool') {
      if (!open.includes(String(id)))
        refuse(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `messages[${index}].role`,
          'invalid_value',
        )
      open = open.filter((one) => one !== id)
      return
    }
    refuseOpenCalls(open, index)
    open = role === 'assistant' ? listOf(calls).map((call) => String(fieldsOf(call).id)) : []
  })
  refuseOpenCalls(open, messages.length)
}

function refuseOpenCalls(open: readonly string[], index: number): void {
  if (open.length === 0) return
  refuse(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${open.join(', ')}`,
    `messages[${index}].role`,
    'invalid_value',
  )
}

function checkLimits(body: Fields, provider: ProviderName): void {
  for (const name of ['max_tokens', 'max_completion_tokens', 'n']) {
    const value = body[name]
    if (value === undefined || value === null) continue
    if (!Number.isInteger(value)) refuse(`Invalid type for '${name}': expected an integer.`, name, 'invalid_type')
    if (Number(value) < 1)
      refuse(`Invalid '${name}': integer below minimum value. Expected a value >= 1.`, name, 'integer_below_min_value')
  }
  if (typeof body.n === 'number' && body.n > choicesMax)
    refuse(
      `Invalid 'n': integer above maximum value. Expected a value <= ${choicesMax}.`,
      'n',
      'integer_above_max_value',
    )
  if (provider === 'openai' && typeof body.max_tokens === 'number' && typeof body.max_completion_tokens === 'number')
    refuse(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      'max_tokens',
      'invalid_parameter_combination',
    )
  // Models that reason take the newer spelling only.
  if (provider === 'openai' && /^(o\d|gpt-5)/.test(String(body.model)) && typeof body.max_tokens === 'number')
    refuse(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      'unsupported_parameter',
    )
  const { temperature } = body
  if (typeof temperature === 'number' && (temperature < 0 || temperature > 2))
    refuse(
      `Invalid 'temperature': decimal out of range. Expected a value between 0 and 2.`,
      'temperature',
      'decimal_above_max_value',
    )
  if (body.stream_options !== undefined && body.stream_options !== null && body.stream !== true)
    refuse(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
      'invalid_value',
    )
}

function checkTools(body: Fields): void {
  const tools = listOf(body.tools)
  tools.forEach((tool, index) => {
    const { type, function: definition } = fieldsOf(tool)
    const { name } = fieldsOf(definition)
    if (type === 'function' && typeof name !== 'string')
      refuse(
        `Missing required parameter: 'tools[${index}].function.name'.`,
        `tools[${index}].function.name`,
        'missing_required_parameter',
      )
    if (typeof name === 'string' && !/^[\w-]{1,64}$/.test(name))
      refuse(
        `Invalid 'tools[${index}].function.name': string does not match pattern.`,
        `tools[${index}].function.name`,
        'invalid_value',
      )
  })
  const choice = body.tool_choice
  if (choice !== undefined && choice !== null && choice !== 'none' && tools.length === 0)
    refuse(
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
      'tool_choice',
      'invalid_value',
    )
}

function checkFormat(body: Fields): void {
  const { type, json_schema: schema } = fieldsOf(body.response_format)
  if (type === 'json_schema' && typeof fieldsOf(schema).name !== 'string')
    refuse(
      "Missing required parameter: 'response_format.json_schema.name'.",
      'response_format.json_schema.name',
      'missing_required_parameter',
    )
  if (type === 'json_object' && !/json/i.test(textIn(body.messages)))
    refuse(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      'messages',
      'invalid_value',
    )
}
