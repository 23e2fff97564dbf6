import { AppError } from '../../kernel/app-error.ts'
import { refuseFileIds } from '../refuse-file-ids.ts'

/** Tools that run at the client, and web search. Others run in containers or on files of the operator's account. */
const toolTypes = [
  ...['function', 'custom', 'namespace', 'local_shell', 'apply_patch', 'tool_search'],
  ...['web_search', 'web_search_preview', 'web_search_2025_08_26', 'web_search_preview_2025_03_11'],
]

/**
 * The Responses API is served without memory: what OpenAI keeps it keeps under the operator's key, for all users together.
 * @throws AppError `invalid_request` naming the field.
 */
export function refuseKeptState(body: Readonly<Record<string, unknown>>): void {
  refuse(
    body.previous_response_id,
    'previous_response_id',
    'nothing is kept here. Send the whole conversation in input.',
  )
  refuse(body.conversation, 'conversation', 'nothing is kept here. Send the whole conversation in input.')
  refuse(body.prompt, 'prompt', 'stored prompts are not known here. Send instructions and input.')
  refuse(body.background === false ? null : body.background, 'background', 'background responses are not kept here.')
  refuseFileIds(body.input, 'input')
  listOf(body.input).forEach((item, index) => {
    if (typeOf(item) === 'item_reference')
      refuse(item, `input[${index}].type`, 'nothing is kept here, so no item can be referred to. Send the item itself.')
  })
  listOf(body.tools).forEach((tool, index) => {
    const type = typeOf(tool)
    if (!toolTypes.includes(String(type)))
      refuse(tool, `tools[${index}].type`, `${String(type).slice(0, 40)} is not supported here.`)
  })
}

function refuse(value: unknown, param: string, reason: string): void {
  if (value === null || value === undefined) return
  throw new AppError('invalid_request', `${param}: ${reason}`, { param })
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function typeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, 'type') : undefined
}
