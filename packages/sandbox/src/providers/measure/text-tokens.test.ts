import { describe, expect, it } from 'vitest'
import { countTokens } from '../tokens.ts'
import { worstTextTokens } from './text-tokens.ts'

describe('worstTextTokens', () => {
  it('is a third more than o200k_base for what people write, with a newer tokenizer', () => {
    const text = 'The quick brown fox jumps over the lazy dog. '.repeat(20)
    expect(worstTextTokens(text, 1.35)).toBe(Math.ceil(countTokens(text) * 1.35))
  })

  it('is a token a byte for what no tokenizer has words for', () => {
    expect(worstTextTokens('\u{10ffff}\u{e123}\u{1f9ff}', 1.2)).toBe(4 + 3 + 4)
  })

  it.each(['', 'a', 'zqxj vkwp', '🙂'.repeat(50), 'ß'.repeat(9), 'x'.repeat(9000)])(
    'is never more than a token a byte',
    (text) => {
      expect(worstTextTokens(text, 1.35)).toBeLessThanOrEqual(Buffer.byteLength(text))
    },
  )

  it('takes no longer for one long word', () => {
    const startMs = performance.now()
    worstTextTokens('a'.repeat(400_000), 1)
    expect(performance.now() - startMs).toBeLessThan(5000)
  })
})
