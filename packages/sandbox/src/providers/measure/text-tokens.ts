import { countTokens } from '../tokens.ts'

/** What no tokenizer has words for falls apart into bytes: letters of no living script, private use, most signs. */
const unusual =
  /[^\p{ASCII}\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Han}\p{Script=Arabic}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Devanagari}\p{P}]/gu

/**
 * The most tokens that a byte-level tokenizer of a family makes of a text: its factor over o200k_base for what people write,
 * a token for each byte of the rest, never more than a token a byte.
 */
export function worstTextTokens(text: string, factor: number): number {
  // OpenAI's models count by this very tokenizer.
  if (factor === 1) return countTokens(text)
  const strange = (text.match(unusual) ?? []).join('')
  const plain = strange === '' ? text : text.replace(unusual, ' ')
  return Math.min(Buffer.byteLength(text), Math.ceil(countTokens(plain) * factor) + Buffer.byteLength(strange))
}
