import { BytePairEncodingCore } from 'gpt-tokenizer/BytePairEncodingCore'
import ranks from 'gpt-tokenizer/bpeRanks/o200k_base'
import { O200KBase } from 'gpt-tokenizer/encodingParams/o200k_base'
import type { SplitText } from './counter.ts'

/**
 * A text is first split into words, numbers and white space, then each piece into tokens; the second step takes time
 * with the square of the piece. A longer run of one kind is split here as well, so that the time grows with the text
 * only. Ordinary words are far shorter, and so are counted exactly.
 */
const runCharactersMax = 256
/** Each of them may hold the tokens of one run. */
const cachedPiecesMax = 5_000

const params = O200KBase(ranks)

/** The tokenizer's own pattern, in which nothing repeats without end: its matching takes linear time on any text. */
const boundedPattern = params.tokenSplitRegex.source.replaceAll(
  /(\]|\\s)([*+])/g,
  (_, kind: string, times: string) => `${kind}{${times === '*' ? 0 : 1},${runCharactersMax}}`,
)

const encoding = new BytePairEncodingCore({
  ...params,
  tokenSplitRegex: new RegExp(boundedPattern, params.tokenSplitRegex.flags),
  mergeCacheSize: cachedPiecesMax,
})

/**
 * Tokens of a text by OpenAI's newest tokenizer, in linear time. Special tokens in a text are text. Loading this file
 * takes 80 MB and a fifth of a second, so only the worker imports it.
 */
export function countText(text: string): number {
  const tokens = encoding.countNative(text)
  // Nothing of a prompt stays in memory, and the pieces would keep the whole text there.
  encoding.clearMergeCache()
  return tokens
}

/**
 * The beginning of a text, word by word, as long as it has at most so many tokens. The count is that of what is said, as
 * `countText` counts it: words are where the tokenizer splits a text itself, so that their tokens add up.
 */
export function splitText(text: string, tokensMax: number): SplitText {
  const words = text.match(new RegExp(boundedPattern, params.tokenSplitRegex.flags)) ?? []
  const pieces: string[] = []
  let tokens = 0
  for (const word of words) {
    const more = encoding.countNative(word)
    if (tokens + more > tokensMax) {
      const part = beginningOf(word, tokensMax - tokens)
      if (part !== '') pieces.push(part)
      break
    }
    pieces.push(word)
    tokens += more
  }
  const said = pieces.join('')
  return { kind: 'split', pieces, tokens: countText(said), isCut: said.length < text.length }
}

/** As much of a word as there is room for. It is cut between characters: a token may end within one. */
function beginningOf(word: string, tokensMax: number): string {
  if (tokensMax === 0) return ''
  const characters = [...word]
  for (let length = characters.length - 1; length > 0; length -= 1) {
    const part = characters.slice(0, length).join('')
    if (encoding.countNative(part) <= tokensMax) return part
  }
  return ''
}
