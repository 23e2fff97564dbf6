import { type Fields, fieldsOf, isFields, listOf } from '../../json.ts'
import { type ProviderName, ProviderProblem } from '../provider-problem.ts'
import { checkModel, refuse } from './check-chat.ts'
import { checkFields } from './check-fields.ts'
import { inputItems } from './read-responses-question.ts'

/** The least that `max_output_tokens` may be. */
const outputTokensMin = 16

/** @throws ProviderProblem in OpenAI's words for the first thing that is wrong. */
export function checkResponses(body: Fields, provider: ProviderName): void {
  checkModel(body, provider)
  checkFields(body, provider, 'responses')
  const { input, max_output_tokens: limit, previous_response_id: previous } = body
  if (input === undefined) refuse("Missing required parameter: 'input'.", 'input', 'missing_required_parameter')
  if (typeof input !== 'string' && !Array.isArray(input))
    refuse("Invalid type for 'input': expected a string or an array.", 'input', 'invalid_type')
  if (typeof limit === 'number' && limit < outputTokensMin)
    refuse(
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${outputTokensMin}, but got ${limit} instead.`,
      'max_output_tokens',
      'integer_below_min_value',
    )
  if (listOf(body.include).includes('reasoning.encrypted_content') && isWithoutReasoning(String(body.model)))
    throw new ProviderProblem(400, 'Encrypted content is not supported with this model.', { param: 'include' })
  // Nothing is kept here, so no id can be known.
  if (typeof previous === 'string')
    refuse(`Previous response with id '${previous}' not found.`, 'previous_response_id', 'previous_response_not_found')
  inputItems(input).forEach(checkItem)
  inputItems(input).forEach(checkKept)
  checkCallOutputs(inputItems(input))
}

function isWithoutReasoning(model: string): boolean {
  return /^gpt-(3|4o|4\.1|4-)/.test(model)
}

function checkItem(item: unknown, index: number): void {
  const place = `input[${index}]`
  if (!isFields(item)) refuse(`Invalid type for '${place}': expected an object.`, place, 'invalid_type')
  const { type, role } = fieldsOf(item)
  const isMessage = type === undefined || type === 'message'
  if (isMessage && !['user', 'assistant', 'system', 'developer'].includes(String(role)))
    refuse(`Invalid value: '${String(role)}'.`, `${place}.role`, 'invalid_value')
}

/** What is not kept cannot be named: an item, or reasoning without what is in it. */
function checkKept(item: unknown): void {
  const { type, id, encrypted_content: content } = fieldsOf(item)
  if (type === 'reasoning' && isOwnReasoning(content)) return
  if (type !== 'item_reference' && type !== 'reasoning') return
  if (type === 'reasoning' && typeof content === 'string')
    refuse('The encrypted content could not be verified.', 'input', 'invalid_encrypted_content')
  throw new ProviderProblem(
    404,
    `Item with id '${String(id)}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
    { param: 'input' },
  )
}

function isOwnReasoning(content: unknown): boolean {
  return typeof content === 'string' && Buffer.from(content, 'base64').toString().startsWith('sandbox ')
}

/** Every call has its output, and every output its call. */
function checkCallOutputs(items: readonly unknown[]): void {
  const idsOf = (type: string) =>
    listOf(items)
      .map(fieldsOf)
      .filter((item) => item.type === type)
      .map((item) => String(item.call_id))
  const called = idsOf('function_call')
  const answered = idsOf('function_call_output')
  const missing = called.find((id) => !answered.includes(id))
  if (missing !== undefined) refuse(`No tool output found for function call ${missing}.`, 'input', 'invalid_value')
  const unexpected = answered.find((id) => !called.includes(id))
  if (unexpected !== undefined)
    refuse(`No tool call found for function call output with call_id ${unexpected}.`, 'input', 'invalid_value')
}
