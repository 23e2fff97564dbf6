import { BytePairEncodingCore } from 'gpt-tokenizer/BytePairEncodingCore'
import ranks from 'gpt-tokenizer/bpeRanks/o200k_base'
import { O200KBase } from 'gpt-tokenizer/encodingParams/o200k_base'

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
