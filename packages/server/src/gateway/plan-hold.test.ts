import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { microcredits } from '../kernel/microcredits.ts'
import type { CallTerms } from '../partners/call-cost.ts'
import { priceOf } from '../pricing/test-usage.ts'
import type { HeldRun } from './held-runs.ts'
import { type HoldWish, planHold as plan } from './plan-hold.ts'

const terms: CallTerms = {
  price: {
    rates: {
      inputPerMillion: 3_000_000,
      cacheReadPerMillion: 0,
      cacheWrite5mPerMillion: 4_000_000,
      cacheWrite1hPerMillion: 6_000_000,
      outputPerMillion: 15_000_000,
      perThousandWebSearches: 1_000_000,
    },
    tiers: [],
  },
  shareBasisPoints: 1000,
  feeBasisPoints: 0,
}
const input = {
  tokens: 1000,
  likelyTokens: 1000,
  rereadTokens: 0,
  cacheWrite: 'none',
  webSearchesMax: 0,
  sharedWindowTokens: null,
  canBeCounted: true,
  isCounted: false,
} as const

type Wish = Omit<HoldWish, 'firstStepTokens' | 'mayThinkUnseen'> & { readonly firstStepTokens?: number }

/** Without a word on steps everything is held at once, as for an answer that does not stream. */
const planHold = (wish: Wish, available: number) =>
  plan({ firstStepTokens: wish.wantedTokens, mayThinkUnseen: false, ...wish }, microcredits(available))

describe('planHold', () => {
  it('holds prompt and output, share included', () =>
    expect(planHold({ input, wantedTokens: 2000, answers: 1, terms }, 1_000_000)).toEqual({
      isAffordable: true,
      grantedTokens: 2000,
      heldTokens: 2000,
      amountMicrocredits: (3000 + 30_000) * 1.1,
    }))
  it('counts every answer that is asked for', () =>
    expect(planHold({ input, wantedTokens: 100, answers: 3, terms }, 1_000_000)).toMatchObject({
      amountMicrocredits: (3000 + 4500) * 1.1,
    }))
  it('holds a prompt at the price of the cache entry that it may write', () =>
    expect(
      planHold({ input: { ...input, cacheWrite: '1h' }, wantedTokens: 100, answers: 1, terms }, 1_000_000),
    ).toMatchObject({
      amountMicrocredits: (6000 + 1500) * 1.1,
    }))
  it('grants what the balance covers', () => {
    const granted = planHold({ input, wantedTokens: 128_000, answers: 1, terms }, 36_300)
    expect(granted).toMatchObject({ isAffordable: true, grantedTokens: 2000, amountMicrocredits: 36_300 })
  })
  it('refuses less than 1024 tokens, and says what is needed', () =>
    expect(planHold({ input, wantedTokens: 128_000, answers: 1, terms }, 20_195)).toEqual({
      isAffordable: false,
      neededMicrocredits: (3000 + 15_360) * 1.1,
    }))
  it('holds the first step of a stream, and grants what may be held later', () =>
    expect(
      planHold({ input, wantedTokens: 128_000, firstStepTokens: 100, answers: 1, terms }, 1_000_000),
    ).toMatchObject({ grantedTokens: 60_406, heldTokens: 100, amountMicrocredits: (3000 + 1500) * 1.1 }))
  it('refuses by the least that must be affordable, however small the first step is', () =>
    expect(planHold({ input, wantedTokens: 128_000, firstStepTokens: 10, answers: 1, terms }, 20_195)).toMatchObject({
      isAffordable: false,
    }))
  it('takes a small wish for what it is', () =>
    expect(planHold({ input, wantedTokens: 10, answers: 1, terms }, 3465)).toMatchObject({
      isAffordable: true,
      grantedTokens: 10,
    }))
  it('never plans more than there is, and never a token less than there could be', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 0, max: 5_000_000 }),
        (wantedTokens, available) => {
          const outcome = planHold({ input, wantedTokens, answers: 1, terms }, available)
          if (!outcome.isAffordable) {
            expect(outcome.neededMicrocredits).toBeGreaterThan(available)
            return
          }
          expect(outcome.amountMicrocredits).toBeLessThanOrEqual(available)
          if (outcome.grantedTokens === wantedTokens) return
          const more = planHold(
            { input, wantedTokens: outcome.grantedTokens + 1, answers: 1, terms },
            Number.MAX_SAFE_INTEGER,
          )
          expect(more.isAffordable && more.amountMicrocredits).toBeGreaterThan(available)
        },
      ),
    )
  })

  const advisor: HeldRun = {
    ...{ kind: 'advisor', model: 'b', price: priceOf(5, 25), timesMax: 2, promptTokens: 1100, readsAnswer: true },
    ...{ windowTokens: 200_000, cacheWrite: 'none', webSearchesMax: 0, outputTokens: 800 },
  }
  it('holds each run at its own model’s price, as often as it may come, and one share of the whole', () =>
    expect(planHold({ input, wantedTokens: 2000, answers: 1, terms, runs: [advisor] }, 10_000_000)).toMatchObject({
      amountMicrocredits: Math.floor((3000 + 30_000 + 2 * (5 * (1100 + 2000) + 25 * 800)) * 1.1),
    }))
  it('holds no run for more than its model can read', () =>
    expect(
      planHold(
        { input, wantedTokens: 2000, answers: 1, terms, runs: [{ ...advisor, windowTokens: 2000 }] },
        10_000_000,
      ),
    ).toMatchObject({ amountMicrocredits: Math.floor((3000 + 30_000 + 2 * (5 * 2000 + 25 * 800)) * 1.1) }))
  it('holds a fallback as long as the answer, and does not hold it for less when it is clamped', () => {
    const runs = [{ ...advisor, kind: 'fallback', timesMax: 1, readsAnswer: false, outputTokens: 'as_answer' } as const]
    expect(planHold({ input, wantedTokens: 2000, answers: 1, terms, runs }, 10_000_000)).toMatchObject({
      amountMicrocredits: Math.floor((3000 + 30_000 + 5 * 1100 + 25 * 2000) * 1.1),
    })
    const clamped = planHold({ input, wantedTokens: 2000, answers: 1, terms, runs }, 70_000)
    expect(clamped).toMatchObject({ isAffordable: true, grantedTokens: 1378 })
  })
  it('holds what a rejected prediction would cost beside each answer', () =>
    expect(planHold({ input, wantedTokens: 100, answers: 2, predictedTokens: 50, terms }, 1_000_000)).toMatchObject({
      amountMicrocredits: (3000 + 15 * 300) * 1.1,
    }))
})
