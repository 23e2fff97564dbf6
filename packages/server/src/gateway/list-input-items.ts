import type { KeptItem, KeptResponse } from '../kept/kept-content.ts'
import { AppError } from '../kernel/app-error.ts'

export interface InputItemsPage {
  readonly limit: number
  readonly order: 'asc' | 'desc'
  readonly after?: string | undefined
}

/**
 * A page of what a client sent with one request, the newest first unless it asks otherwise.
 * @throws AppError 400 for an `after` that is none of its items.
 */
export function listInputItems(
  { id, input }: Pick<KeptResponse, 'id' | 'input'>,
  { limit, order, after }: InputItemsPage,
): object {
  const items = input.map((item, index) => described(item, id, index))
  const ordered = order === 'asc' ? items : items.toReversed()
  const place = after === undefined ? -1 : ordered.findIndex((item) => item.id === after)
  if (after !== undefined && place === -1)
    throw new AppError('invalid_request', `after: '${after}' is no input item of this response.`, { param: 'after' })
  const data = ordered.slice(place + 1, place + 1 + limit)
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: place + 1 + limit < ordered.length,
  }
}

const prefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  function_call: 'fc',
  function_call_output: 'fco',
  reasoning: 'rs',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
}

/** As OpenAI lists it: with a type and an id, and content in parts. An item without an id of its own has one of its place. */
function described(item: KeptItem, responseId: string, index: number): KeptItem {
  const type = typeof item.type === 'string' ? item.type : 'message'
  const id = `${prefixes[type] ?? 'item'}_${responseId.replace(/^resp_/, '')}_in${index}`
  const { content, role } = item
  const part = { type: role === 'assistant' ? 'output_text' : 'input_text', text: content }
  return {
    id,
    ...item,
    type,
    ...(type === 'message' ? { status: item.status ?? 'completed' } : {}),
    ...(typeof content === 'string' ? { content: [part] } : {}),
  }
}
