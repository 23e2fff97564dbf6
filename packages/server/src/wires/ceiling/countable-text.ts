import type { UpstreamBody } from '../wire.ts'
import type { PromptParts } from './prompt-parts.ts'

/** What a local tokenizer has to count of a body, and what comes to it. */
export interface CountableText {
  readonly text: string
  /** What turns, parts and tools add to their words. */
  readonly framingTokens: number
}

/** Read as they are; all else of a body goes to the model as JSON, if at all. */
const spoken = new Set(['messages', 'input', 'system', 'instructions'])
/** A turn has three tokens beside its role (https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken). */
const tokensPerObject = 4
const tokensPerTool = 16
/** The beginning of the answer, and what the count may miss of a short prompt. */
const tokensOfAnswer = 16

/** All that is said in a body, without its media. */
export function countableText(body: UpstreamBody, parts: PromptParts): CountableText {
  const texts: string[] = []
  let objects = 0
  const pending: unknown[] = []
  for (const [name, value] of Object.entries(body)) {
    if (spoken.has(name)) pending.push(value)
    else if (typeof value === 'object' && value !== null) texts.push(JSON.stringify(value))
  }
  while (pending.length > 0) {
    const value = pending.pop()
    if (typeof value === 'string') texts.push(value)
    else if (typeof value === 'object' && value !== null) {
      objects += 1
      const mediaField = parts.mediaPlaces.get(value)
      // One by one: spreading a very long array would overflow the stack.
      for (const [name, child] of Object.entries(value)) if (name !== mediaField) pending.push(child)
    }
  }
  const tools = Array.isArray(body.tools) ? body.tools.length : 0
  return {
    text: texts.join('\n'),
    framingTokens: objects * tokensPerObject + tools * tokensPerTool + tokensOfAnswer,
  }
}
