import { createRequire } from 'node:module'
import type * as Tokenizer from 'gpt-tokenizer/encoding/o200k_base'

const require = createRequire(import.meta.url)
let tokenizer: typeof Tokenizer | null = null

/**
 * Tokens of a text by OpenAI's newest tokenizer. Exact for its models, near enough for others: used only where a
 * provider gave no counts, off the hot path, and what is counted so is marked `estimated`. Its tables take 80 MB and a
 * fifth of a second, so they are loaded by the first text that needs them.
 */
export function countTextTokens(text: string): number {
  tokenizer ??= require('gpt-tokenizer/encoding/o200k_base') as typeof Tokenizer
  // Special tokens in a user's text are text.
  return tokenizer.countTokens(text, { disallowedSpecial: new Set() })
}
