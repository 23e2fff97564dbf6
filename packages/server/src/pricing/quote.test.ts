import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dearestOf, microcreditsFromUsd, type Price, parsePrice, type Rates } from './price.ts'
import { quoteCost } from './quote.ts'
import { bucketsWith, priceOf, runOf } from './test-usage.ts'
import { noUsage, type Usage } from './usage.ts'

const sonnet: Price = {
  rates: {
    inputPerMillion: 300_000_000,
    cacheReadPerMillion: 30_000_000,
    cacheWrite5mPerMillion: 375_000_000,
    cacheWrite1hPerMillion: 600_000_000,
    outputPerMillion: 1_500_000_000,
    perThousandWebSearches: 1_000_000_000,
  },
  tiers: [],
}

describe('quoteCost', () => {
  const cases: readonly (readonly [string, Partial<Usage>, number])[] = [
    ['100 000 in and 10 000 out are USD 0.45', { inputTokens: 100_000, outputTokens: 10_000 }, 45_000_000],
    ['one input token is 300 microcredits', { inputTokens: 1 }, 300],
    ['a cached token costs a tenth', { cacheReadTokens: 10 }, 300],
    ['a write for five minutes costs a quarter more', { cacheWrite5mTokens: 4 }, 1500],
    ['a write for an hour costs double', { cacheWrite1hTokens: 1 }, 600],
    ['a web search is one cent', { webSearches: 1 }, 1_000_000],
    ['nothing costs nothing', {}, 0],
  ]
  for (const [label, usage, cost] of cases)
    it(label, () => expect(quoteCost({ ...noUsage, ...usage }, sonnet)).toBe(cost))

  it('rounds 0.3 microcredits up to 1, once for the whole sum', () => {
    const cheap = { ...sonnet, rates: { ...sonnet.rates, inputPerMillion: 300_000, outputPerMillion: 700_000 } }
    expect(quoteCost({ ...noUsage, inputTokens: 1 }, cheap)).toBe(1)
    expect(quoteCost({ ...noUsage, inputTokens: 1, outputTokens: 1 }, cheap)).toBe(1)
  })

  it('prices the whole request by the tier that its input is above', () => {
    const tiered = {
      ...sonnet,
      tiers: [{ aboveInputTokens: 200_000, rates: { ...sonnet.rates, inputPerMillion: 600_000_000 } }],
    }
    expect(quoteCost({ ...noUsage, inputTokens: 200_000 }, tiered)).toBe(60_000_000)
    expect(quoteCost({ ...noUsage, inputTokens: 200_001 }, tiered)).toBe(120_000_600)
    expect(quoteCost({ ...noUsage, inputTokens: 1, cacheReadTokens: 200_000 }, tiered)).toBe(600 + 6_000_000)
  })

  it('agrees with exact fractions on 20 000 generated usages', () => {
    const tokens = fc.oneof(fc.nat(20), fc.nat(2_000_000), fc.nat(1_000_000_000))
    const usd = fc
      .tuple(fc.nat(200), fc.nat(99_999_999))
      .map(([whole, part]) => `${whole}.${String(part).padStart(8, '0')}`)
    const usage = fc.record({
      inputTokens: tokens,
      cacheReadTokens: tokens,
      cacheWrite5mTokens: tokens,
      cacheWrite1hTokens: tokens,
      outputTokens: tokens,
      webSearches: fc.nat(50),
    })
    fc.assert(
      fc.property(usage, fc.array(usd, { minLength: 6, maxLength: 6 }), (used, prices) => {
        const [input = '0', read = '0', write5m = '0', write1h = '0', output = '0', searches = '0'] = prices
        const cost = quoteCost(used, { rates: ratesOf([input, read, write5m, write1h, output, searches]), tiers: [] })
        const exact = [
          times(fraction(input), used.inputTokens, 1_000_000n),
          times(fraction(read), used.cacheReadTokens, 1_000_000n),
          times(fraction(write5m), used.cacheWrite5mTokens, 1_000_000n),
          times(fraction(write1h), used.cacheWrite1hTokens, 1_000_000n),
          times(fraction(output), used.outputTokens, 1_000_000n),
          times(fraction(searches), used.webSearches, 1000n),
        ].reduce(plus)
        // Credits are a hundredth of a dollar, microcredits a millionth of that.
        const { top, bottom } = { top: exact.top * 100_000_000n, bottom: exact.bottom }
        const ceiling = top % bottom === 0n ? top / bottom : top / bottom + 1n
        if (ceiling <= BigInt(Number.MAX_SAFE_INTEGER)) expect(BigInt(cost)).toBe(ceiling)
      }),
      { numRuns: 20_000 },
    )
  })
})

/** The oracle: fractions of big integers, read from the decimal text on a way of their own. */
interface Fraction {
  readonly top: bigint
  readonly bottom: bigint
}

function fraction(decimal: string): Fraction {
  const [whole = '0', part = ''] = decimal.split('.')
  return { top: BigInt(whole + part), bottom: 10n ** BigInt(part.length) }
}

function times({ top, bottom }: Fraction, count: number, per: bigint): Fraction {
  return { top: top * BigInt(count), bottom: bottom * per }
}

function plus(a: Fraction, b: Fraction): Fraction {
  return { top: a.top * b.bottom + b.top * a.bottom, bottom: a.bottom * b.bottom }
}

function ratesOf(prices: readonly string[]): Rates {
  const [input = 0, read = 0, write5m = 0, write1h = 0, output = 0, searches = 0] = prices.map(
    (price) => microcreditsFromUsd(price) ?? Number.NaN,
  )
  return {
    inputPerMillion: input,
    cacheReadPerMillion: read,
    cacheWrite5mPerMillion: write5m,
    cacheWrite1hPerMillion: write1h,
    outputPerMillion: output,
    perThousandWebSearches: searches,
  }
}

describe('the cost of several runs', () => {
  const price: Price = {
    ...priceOf(3, 15),
    others: {
      byModel: { 'claude-sonnet-5': priceOf(3, 15), 'claude-opus-5': priceOf(5, 25) },
      unnamed: priceOf(10, 50),
    },
  }
  const tokens = { inputTokens: 100, outputTokens: 10 }
  const costOf = (...runs: readonly ReturnType<typeof runOf>[]) =>
    quoteCost({ ...noUsage, runs: [runOf('message', 'claude-sonnet-5', tokens), ...runs] }, price) - 450

  it.each([
    ['of the call itself', null, 450],
    ['of a model that the request named', 'claude-opus-5', 750],
    ['of one that the provider names with its date', 'claude-opus-5-20260814', 750],
    ['of one that nobody named', 'claude-fable-6', 1500],
  ])('prices each run by its own model: %s', (_case, model, cost) =>
    expect(costOf(runOf('advisor', model, tokens))).toBe(cost),
  )

  it('prices every run by the call’s own model where no other may run', () => {
    const runs = [runOf('message', 'claude-other', tokens)]
    expect(quoteCost({ ...noUsage, runs }, priceOf(3, 15))).toBe(450)
  })

  it('takes the tier of each run by its own input', () => {
    const { rates } = priceOf(2, 0)
    const tiered = { ...priceOf(1, 0), tiers: [{ aboveInputTokens: 100, rates }] }
    const runs = [runOf('message', null, { inputTokens: 100 }), runOf('compaction', null, { inputTokens: 101 })]
    expect(quoteCost({ ...noUsage, runs }, tiered)).toBe(100 + 202)
  })

  it('rounds once', () => {
    const cheap = priceOf(0.3, 0)
    const runs = [runOf('message', null, { inputTokens: 1 }), runOf('advisor', null, { inputTokens: 1 })]
    expect(quoteCost({ ...noUsage, runs }, cheap)).toBe(1)
  })

  it('is written on the row, and rows of before are still read', () => {
    expect(parsePrice(JSON.stringify(price))).toEqual(price)
    expect(parsePrice(JSON.stringify(sonnet))).toEqual(sonnet)
  })

  it('is dearest where each bucket is', () => {
    const dear = { ...priceOf(1, 9), tiers: [{ aboveInputTokens: 5, rates: priceOf(4, 2).rates }] }
    const usage = bucketsWith({ inputTokens: 1, outputTokens: 1, webSearches: 1 })
    const dearest = dearestOf([dear, priceOf(3, 1, { perThousandWebSearches: 7000 })])
    expect(quoteCost(usage, dearest)).toBe(4 + 9 + 7)
  })
})
