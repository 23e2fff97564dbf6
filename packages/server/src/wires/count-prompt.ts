import { countTextTokens } from './count-tokens.ts'

/** What a turn, a tool and the beginning of an answer add to their words. */
const turnTokens = 4
/** Counting a very long prompt would hold everybody up. */
const charactersMax = 400_000

/**
 * Counts a prompt here, where no provider does: the words of the body in whatever format it is, and a little for every
 * turn. @returns null for one that is too long to be counted without holding others up.
 */
export function countPromptTokens(
  body: Readonly<Record<string, unknown>>,
  countedCharactersMax = charactersMax,
): number | null {
  const { messages, tools, input } = body
  const text = promptText(body)
  if (text.length > countedCharactersMax) return null
  const turns = [messages, tools, input].reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0)
  return countTextTokens(text) + turns * turnTokens
}

/** About as many tokens as a prompt has, without counting. */
export function likelyPromptTokens(body: Readonly<Record<string, unknown>>): number {
  return Math.ceil(Buffer.byteLength(promptText(body)) / bytesPerTokenLikely)
}

const bytesPerTokenLikely = 4

/** All that is said in a client's body, in whatever format it is. */
export function promptText({
  system,
  messages,
  tools,
  input,
  instructions,
}: Readonly<Record<string, unknown>>): string {
  return textOf([system, messages, tools, input, instructions])
}

/** What is said in a body: all strings but addresses, encoded media and the names of kinds. */
function textOf(parts: readonly unknown[]): string {
  const found: string[] = []
  const pending: { readonly value: unknown; readonly key: string }[] = parts.map((value) => ({ value, key: 'content' }))
  while (pending.length > 0) {
    const { value, key } = pending.pop() ?? { value: null, key: '' }
    if (typeof value === 'string' && key !== 'data' && key !== 'url' && key !== 'type') found.push(value)
    if (typeof value !== 'object' || value === null) continue
    for (const [name, child] of Object.entries(value))
      pending.push({ value: child, key: Array.isArray(value) ? key : name })
  }
  return found.join('\n')
}
