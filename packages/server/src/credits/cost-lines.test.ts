import { describe, expect, it } from 'vitest'
import { quoteCost } from '../pricing/quote.ts'
import { noUsage } from '../pricing/usage.ts'
import { type CostedRow, costLinesOf } from './cost-lines.ts'

const rates = {
  ...{ inputPerMillion: 300_000_001, cacheReadPerMillion: 30_000_000, cacheWrite5mPerMillion: 375_000_000 },
  ...{ cacheWrite1hPerMillion: 600_000_000, outputPerMillion: 1_500_000_000, perThousandWebSearches: 1_000_000 },
}
const price = { rates, tiers: [{ aboveInputTokens: 1000, rates: { ...rates, outputPerMillion: 3_000_000_000 } }] }
const row: CostedRow = {
  ...{ state: 'settled', price: JSON.stringify(price), runs: null, provider_cost_microcredits: null },
  ...{ input_tokens: 7, cache_read_tokens: 11, cache_write_5m_tokens: null, cache_write_1h_tokens: 0 },
  ...{ output_tokens: 13, web_searches: 2 },
}
const usage = { ...noUsage, inputTokens: 7, cacheReadTokens: 11, outputTokens: 13, webSearches: 2 }

describe('costLinesOf', () => {
  it('adds up to what was booked, bucket by bucket, with the rounding as a line', () => {
    const cost = quoteCost(usage, price)
    const { lines, rounding } = costLinesOf({ ...row, provider_cost_microcredits: cost })
    expect(lines.map(({ bucket, count, credits }) => [bucket, count, credits])).toEqual([
      ['input', 7, 0.002100000007],
      ['cache_read', 11, 0.00033],
      ['output', 13, 0.0195],
      ['web_searches', 2, 0.002],
    ])
    expect(lines[0]).toMatchObject({ price: 300.000001, price_per: 1_000_000 })
    expect(lines[3]).toMatchObject({ price: 1, price_per: 1000 })
    const sum = lines.reduce((all, { credits }) => all + Math.round(credits * 1e12), Math.round(rounding * 1e12))
    expect(sum).toBe(cost * 1_000_000)
    expect(rounding).toBeLessThan(0.000001)
  })

  it('takes the prices of long inputs, and of each model that worked on it', () => {
    expect(costLinesOf({ ...row, input_tokens: 2000 }).lines.at(2)).toMatchObject({ bucket: 'output', price: 3000 })
    const run = (model: string | null) => ({ kind: 'message', model, usage: { ...noUsage, outputTokens: 1 } })
    const others = {
      byModel: { 'small-1': { rates: { ...rates, outputPerMillion: 5_000_000 }, tiers: [] } },
      unnamed: price,
    }
    const both = {
      ...row,
      price: JSON.stringify({ ...price, others }),
      runs: JSON.stringify([run(null), run('small-1')]),
    }
    const { lines } = costLinesOf({
      ...both,
      ...{ input_tokens: 0, cache_read_tokens: 0, output_tokens: 2, web_searches: 0 },
    })
    expect(lines.map(({ model, price: of }) => [model, of])).toEqual([
      [null, 1500],
      ['small-1', 5],
    ])
  })

  it('has none while a call runs, nor for one that used nothing', () => {
    const nothing = { lines: [], rounding: 0 }
    expect(costLinesOf({ ...row, state: 'admitted' })).toEqual(nothing)
    expect(costLinesOf({ ...row, state: 'released', input_tokens: null, output_tokens: null })).toEqual(nothing)
  })
})
