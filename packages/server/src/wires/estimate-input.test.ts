import { describe, expect, it } from 'vitest'
import { countTextTokens } from './count-tokens.ts'
import { estimateInput } from './estimate-input.ts'

const say = (content: unknown, more: object = {}) =>
  estimateInput({ model: 'm', messages: [{ role: 'user', content }], ...more })

describe('estimateInput', () => {
  it.each([
    ['English', 'The quick brown fox jumps over the lazy dog. '.repeat(50)],
    ['German', 'Größere Wörter brauchen mehr Zeichen als kleine. '.repeat(50)],
    ['Chinese', '快速的棕色狐狸跳过懒狗。'.repeat(50)],
    ['code', 'for (let i = 0; i < n; i += 1) { total += prices[i] * counts[i]; }\n'.repeat(50)],
  ])('is not below the true count: %s', (_label, text) => {
    const { tokens } = say(text)
    expect(tokens).toBeGreaterThanOrEqual(countTextTokens(text))
    expect(tokens).toBeLessThan(countTextTokens(text) * 3 + 50)
  })

  it('counts whatever is said anywhere: system, tools, tool results', () => {
    const text = 'x'.repeat(3000)
    const plain = say('').tokens
    for (const more of [
      { system: text },
      { tools: [{ name: 'a', description: text }] },
      { anything: { deep: [[text]] } },
    ]) {
      expect(say('', more).tokens).toBeGreaterThanOrEqual(plain + 1000)
    }
  })

  it('does not take an image for text', () => {
    const image = [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(3_000_000) } }]
    expect(say(image).tokens).toBeLessThan(3000)
    expect(say(image).tokens).toBeGreaterThan(1500)
  })

  it('holds a document by its size', () => {
    const pdf = [
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: `JVBERi0${'A'.repeat(600_000)}` },
      },
    ]
    expect(say(pdf).tokens).toBeGreaterThan(20_000)
  })

  it('sees cache writes and the longest of their lives', () => {
    expect(say('hi').cacheWrite).toBe('none')
    expect(say([{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }]).cacheWrite).toBe('5m')
    expect(
      say('hi', {
        system: [
          { text: 'a', cache_control: { ttl: '1h' } },
          { text: 'b', cache_control: { ttl: '5m' } },
        ],
      }).cacheWrite,
    ).toBe('1h')
  })

  it('sees web searches', () => {
    expect(
      say('hi', { tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 3 }] }).webSearchesMax,
    ).toBe(3)
    expect(say('hi', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }).webSearchesMax).toBe(5)
    expect(say('hi', { web_search_options: {} }).webSearchesMax).toBe(1)
  })

  it('is not felled by depth', () => {
    let deep: unknown = 'end'
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep]
    expect(say(deep).tokens).toBeGreaterThan(100_000)
  })
})
