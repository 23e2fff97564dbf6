import { describe, expect, it } from 'vitest'
import { oddTokensMax } from './odd-tokens.ts'

describe('oddTokensMax', () => {
  it.each([
    ['what people write: none', 'Größe, 重要, سلام, नमस्ते, Привет, 안녕 — “so”…', 0],
    ['each digit', 'in 2026, 1 234', 8],
    ['a sign of two bytes', '×°', 4],
    ['a sign of three', '→€', 6],
    ['a character of four', '𓀀👩', 8],
    ['private use', '\ue000', 3],
    ['nothing', '', 0],
  ])('%s', (_label, text, tokens) => expect(oddTokensMax(text)).toBe(tokens))
})
