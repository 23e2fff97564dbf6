import { describe, expect, it } from 'vitest'
import { readUsage } from './read-usage.ts'

const usage = (fields: object) => ({
  usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120, ...fields },
})

describe('readUsage', () => {
  const cases: readonly (readonly [string, unknown, object | null])[] = [
    [
      'takes cached tokens out of the prompt',
      usage({ prompt_tokens_details: { cached_tokens: 60 } }),
      { inputTokens: 40, cacheReadTokens: 60, outputTokens: 20 },
    ],
    [
      'never finds more cached than there is',
      usage({ prompt_tokens_details: { cached_tokens: 600 } }),
      { inputTokens: 0, cacheReadTokens: 100 },
    ],
    [
      'takes what was written to the cache out of the prompt',
      usage({ prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 } }),
      { inputTokens: 10, cacheReadTokens: 60, cacheWrite5mTokens: 30 },
    ],
    [
      'knows the long writes by their split',
      usage({
        prompt_tokens_details: { cache_write_tokens: 30, cache_write_tokens_details: { ttl_12h_tokens: 20 } },
      }),
      { inputTokens: 70, cacheReadTokens: 0, cacheWrite5mTokens: 10, cacheWrite1hTokens: 20 },
    ],
    [
      'never finds more read and written than there is',
      usage({ prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 600 } }),
      { inputTokens: 0, cacheReadTokens: 60, cacheWrite5mTokens: 40 },
    ],
    [
      'does not believe a negative write',
      usage({ prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: -1 } }),
      null,
    ],
    [
      'counts a rejected prediction once, with the output that it is in',
      usage({ completion_tokens_details: { accepted_prediction_tokens: 5, rejected_prediction_tokens: 15 } }),
      { outputTokens: 20 },
    ],
    ['counts reasoning that is in the total only', usage({ total_tokens: 420 }), { outputTokens: 320 }],
    ['does without a total', usage({ total_tokens: undefined }), { outputTokens: 20 }],
    [
      'takes an explicit zero for zero',
      usage({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }),
      { inputTokens: 0, outputTokens: 0 },
    ],
    ['does not believe a negative count', usage({ completion_tokens: -1 }), null],
    ['does not believe a fraction', usage({ completion_tokens: 1.5 }), null],
    ['does not believe an absurd count', usage({ prompt_tokens: 1e12 }), null],
    ['does not believe a text', usage({ prompt_tokens: '100' }), null],
    ['misses a missing count', { usage: { prompt_tokens: 5 } }, null],
    ['misses usage that is null', { usage: null }, null],
    ['misses usage that is not there', {}, null],
  ]
  for (const [label, answer, expected] of cases) {
    it(label, () =>
      expected === null ? expect(readUsage(answer)).toBeNull() : expect(readUsage(answer)).toMatchObject(expected),
    )
  }
})
