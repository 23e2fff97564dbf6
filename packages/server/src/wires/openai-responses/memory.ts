import { AppError } from '../../kernel/app-error.ts'
import { listOf } from '../ceiling/prompt-parts.ts'
import type { FoundMemory, Item, References, WireMemory } from '../wire.ts'
import { isPackedThinking } from './keep-thinking.ts'

/** What clients of the Responses API leave with us, and how they refer to it. */
export const responsesMemory: WireMemory = {
  read: (body) => ({
    previousResponseId: typeof body.previous_response_id === 'string' ? body.previous_response_id : null,
    // OpenAI keeps what it is not told to forget, and its clients rely on that.
    isKept: body.store !== false,
    wantsEncryptedReasoning: listOf(body.include).includes('reasoning.encrypted_content'),
  }),
  inputOf,
  referencesIn,
  expand(body, found, provider) {
    const { previous_response_id: _previous, ...rest } = body
    const input = [...itemsOf(body, found)].filter((one) => one.provider === provider || isPortable(one))
    return { ...rest, input: input.map(({ item }) => item) }
  },
}

function inputOf({ input }: Item): readonly Item[] {
  if (typeof input === 'string')
    return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }]
  return listOf(input).filter(isItem)
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null
}

/**
 * A reference names an item that has to be there. Reasoning that comes back without its encrypted content may be: who
 * keeps its answers with us was not given that content.
 */
function referencesIn(items: readonly Item[]): References {
  const ids = (chosen: readonly Item[]) => [
    ...new Set(chosen.flatMap(({ id }) => (typeof id === 'string' ? [id] : []))),
  ]
  return { required: ids(items.filter(isReference)), optional: ids(items.filter(isBareReasoning)) }
}

function isReference({ type, id, role }: Item): boolean {
  // OpenAI's own types let the type of a reference be missing.
  return type === 'item_reference' || ((type === undefined || type === null) && role === undefined && id !== undefined)
}

function isBareReasoning({ type, encrypted_content: content }: Item): boolean {
  return type === 'reasoning' && typeof content !== 'string'
}

interface Placed {
  readonly item: Item
  /** Whose model said it; null: the client gave it. */
  readonly provider: string | null
}

/** The conversation in its order. What a client sends of it once more stands where it stood. */
function* itemsOf(body: Item, found: FoundMemory): Generator<Placed> {
  const seen = new Set<unknown>()
  const resolve = ({ item, provider }: Placed): Placed | null => {
    if (!isReference(item) && !isBareReasoning(item)) return { item, provider }
    const known = found.items.get(String(item.id))
    if (known === undefined && isReference(item)) throw notFound(String(item.id))
    if (known !== undefined && seen.has(item.id)) return null
    return known ?? { item, provider }
  }
  for (const one of found.history) {
    const placed = resolve(one)
    if (placed === null) continue
    for (const id of [placed.item.id, callOf(placed.item)]) if (typeof id === 'string') seen.add(id)
    yield placed
  }
  for (const item of inputOf(body)) {
    if (seen.has(item.id) || seen.has(callOf(item))) continue
    const placed = resolve({ item, provider: null })
    if (placed === null) continue
    if (isReference(item) || isBareReasoning(item)) seen.add(item.id)
    yield placed
  }
}

/** A call and its result have one id between them: only the call itself is told by it. */
function callOf({ type, call_id: id }: Item): string | undefined {
  return type === 'function_call' && typeof id === 'string' ? `call ${id}` : undefined
}

/** What one provider's model said of its own doings is of no use to another's. */
function isPortable({ item, provider }: Placed): boolean {
  if (provider === null) return true
  if (item.type === 'reasoning') return isPackedThinking(item.encrypted_content)
  return item.type === 'message' || item.type === 'function_call' || item.type === 'custom_tool_call'
}

function notFound(id: string): AppError {
  return new AppError(
    'invalid_request',
    `input: Item with id '${id.slice(0, 100)}' not found or expired. It is found by the key that it was kept with, unless store was false. Send the item itself.`,
    { param: 'input', wireCode: 'item_not_found' },
  )
}
