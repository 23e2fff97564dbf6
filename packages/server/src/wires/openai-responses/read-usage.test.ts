import { describe, expect, it } from 'vitest'
import { readUsage } from './read-usage.ts'

const usage = (details: object) => ({
  usage: { input_tokens: 100, input_tokens_details: details, output_tokens: 20, total_tokens: 120 },
})

describe('readUsage', () => {
  it.each([
    ['a prompt of which nothing is cached', {}, { inputTokens: 100, cacheReadTokens: 0 }],
    ['one that was read', { cached_tokens: 60 }, { inputTokens: 40, cacheReadTokens: 60 }],
    [
      'one that was read and written',
      { cached_tokens: 60, cache_write_tokens: 30 },
      { inputTokens: 10, cacheReadTokens: 60, cacheWrite5mTokens: 30 },
    ],
    [
      'one that was written for twelve hours',
      { cache_write_tokens: 30, cache_write_tokens_details: { ttl_12h_tokens: 30, ttl_30m_tokens: 0 } },
      { inputTokens: 70, cacheReadTokens: 0, cacheWrite1hTokens: 30 },
    ],
  ])('splits %s', (_case, details, expected) => {
    expect(readUsage(usage(details))).toEqual({ ...expected, outputTokens: 20 })
  })

  it('does not believe a split that cannot be', () => {
    expect(readUsage(usage({ cached_tokens: -1 }))).toBeNull()
    expect(readUsage(usage({ cache_write_tokens: 1.5 }))).toBeNull()
  })
})
