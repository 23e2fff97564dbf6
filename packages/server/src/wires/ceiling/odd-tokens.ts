/** Scripts that every large tokenizer has words for: Latin, Greek, Cyrillic, Arabic, Devanagari, and those of East Asia. */
const usual: readonly (readonly [first: number, last: number])[] = [
  [0x00c0, 0x00d6],
  [0x00d8, 0x00f6],
  [0x00f8, 0x024f],
  [0x0370, 0x052f],
  [0x0600, 0x06ff],
  [0x0900, 0x097f],
  [0x2010, 0x205e],
  [0x3000, 0x30ff],
  [0x3400, 0x9fff],
  [0xac00, 0xd7af],
]

/**
 * Where another tokenizer may make more tokens of a text than the one that counts: a token of each digit, and one of each
 * byte of what it has no words for. @returns as many more at most.
 */
export function oddTokensMax(text: string): number {
  let tokens = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code < 0x80) tokens += code >= 0x30 && code <= 0x39 ? 1 : 0
    else if (!isUsual(code)) tokens += code < 0x800 || isHalfOfPair(code) ? 2 : 3
  }
  return tokens
}

function isUsual(code: number): boolean {
  return usual.some(([first, last]) => code >= first && code <= last)
}

/** A character of four bytes is two of these. */
function isHalfOfPair(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff
}
