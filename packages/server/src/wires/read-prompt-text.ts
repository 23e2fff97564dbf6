/** What a prompt says, in whatever format its body is. */
export interface PromptText {
  readonly text: string
  readonly turns: number
  /** Whether it holds pictures, documents or sound, whose tokens are not in their text. */
  readonly hasMedia: boolean
  /** Whether messages are all that it holds. Tools and schemas are rewritten by the provider, so their count is a bound. */
  readonly isPlain: boolean
}

/** What a turn adds to its words (https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken). */
export const tokensPerTurn = 4

const mediaKeys = new Set(['data', 'url', 'image_url', 'file_data', 'file_id', 'file_url', 'input_audio'])

/** Reads all that is said in a prompt: every string but addresses, encoded media and the names of kinds. */
export function readPromptText(body: Readonly<Record<string, unknown>>): PromptText {
  const { messages, system, input, instructions } = body
  const { tools, response_format: chatFormat, text: responsesFormat, output_config: messagesFormat } = body
  const rewritten = [tools, chatFormat, responsesFormat, messagesFormat].filter(isGiven)
  const found = rewritten.map((value) => JSON.stringify(value))
  let hasMedia = false
  const pending: { readonly value: unknown; readonly key: string; readonly isText?: boolean }[] = [
    system,
    messages,
    input,
    instructions,
  ].map((value) => ({ value, key: 'content' }))
  while (pending.length > 0) {
    const { value, key, isText = false } = pending.pop() ?? { value: null, key: '' }
    if (mediaKeys.has(key) && !isText) hasMedia = true
    else if (typeof value === 'string' && key !== 'type') found.push(value)
    if (typeof value !== 'object' || value === null) continue
    // Anthropic's documents of plain text are words like others.
    const isPlainText = 'type' in value && value.type === 'text'
    for (const [name, child] of Object.entries(value))
      pending.push({ value: child, key: Array.isArray(value) ? key : name, isText: isPlainText })
  }
  const turns = Math.max(1, lengthOf(messages) + lengthOf(input))
  return { text: found.join('\n'), turns, hasMedia, isPlain: !hasMedia && rewritten.length === 0 }
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)
}
