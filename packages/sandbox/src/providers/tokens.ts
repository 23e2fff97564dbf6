import { countTokens as count, decode, encode } from 'gpt-tokenizer/encoding/o200k_base'

/** What one chunk of a stream carries: a token, or more where one alone is half a character. */
export interface Piece {
  readonly text: string
  readonly tokens: number
}

/** Special tokens in a user's text are text. */
const asText = { disallowedSpecial: new Set<string>() }

const rememberedTexts = 500
const rememberedLengthMin = 200
const remembered = new Map<string, number>()

/** A run without a space takes the tokenizer time that grows with its square; it is counted in parts, which makes it no shorter. */
const runLengthMax = 2000
const longRun = new RegExp(`\\S{${runLengthMax}}`, 'g')

function countBounded(text: string): number {
  return text.length <= runLengthMax ? count(text, asText) : count(text.replace(longRun, '$& '), asText)
}

/** Tokens of a text by o200k_base. Long texts that come again and again, such as system prompts, are counted once. */
export function countTokens(text: string): number {
  if (text.length < rememberedLengthMin) return count(text, asText)
  const known = remembered.get(text)
  if (known !== undefined) return known
  const tokens = countBounded(text)
  const [oldest] = remembered.keys()
  if (remembered.size >= rememberedTexts && oldest !== undefined) remembered.delete(oldest)
  remembered.set(text, tokens)
  return tokens
}

/** A text, token by token. */
export function toPieces(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  let pending: number[] = []
  for (const token of encode(text, asText)) {
    pending.push(token)
    const piece = decode(pending)
    // Half a character: the next token completes it.
    if (piece.includes('\uFFFD')) continue
    pieces.push({ text: piece, tokens: pending.length })
    pending = []
  }
  return pieces
}

const words = ' and then one more word about the same thing so that it goes on for a while'.split(/(?= )/)

/** Text of exactly so many tokens, to be said after other text. */
export function fillerPieces(tokens: number): readonly Piece[] {
  return Array.from({ length: Math.max(0, tokens) }, (_, index) => ({
    text: words[index % words.length] ?? ' word',
    tokens: 1,
  }))
}

/** The first pieces that fit. */
export function cutPieces(pieces: readonly Piece[], tokensMax: number): readonly Piece[] {
  let tokens = 0
  const end = pieces.findIndex((piece) => {
    tokens += piece.tokens
    return tokens > tokensMax
  })
  return end === -1 ? pieces : pieces.slice(0, end)
}

export function sumTokens(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.tokens, 0)
}

export function joinPieces(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('')
}
