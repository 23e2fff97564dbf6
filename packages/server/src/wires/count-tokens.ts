import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'

/**
 * Tokens of a text by OpenAI's newest tokenizer. Exact for its models, near enough for others: used only where a
 * provider gave no counts, off the hot path, and what is counted so is marked `estimated`.
 */
export function countTextTokens(text: string): number {
  // Special tokens in a user's text are text.
  return countTokens(text, { disallowedSpecial: new Set() })
}
