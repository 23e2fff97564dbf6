import { describe, expect, it } from 'vitest'
import { bucketsWith, runOf } from './test-usage.ts'
import { withUncountedRuns } from './uncounted-runs.ts'
import type { FurtherRunKind } from './usage.ts'

const usage = bucketsWith({ inputTokens: 100, outputTokens: 50 })
const compaction = runOf('compaction', 'a', { inputTokens: 100, outputTokens: 900 })
const advice = runOf('advisor', 'b', { inputTokens: 110, outputTokens: 40 })
const fallback = runOf('fallback', 'c', { inputTokens: 100, outputTokens: 9 })
const atMost = [compaction, advice, advice, fallback]
const answer = runOf('message', 'a', { inputTokens: 100, outputTokens: 50 })

const seen = (begun: Partial<Record<FurtherRunKind, number>>) => ({
  runsSeen: { answeredBy: 'a', begun: { compaction: 0, advisor: 0, fallback: 0, ...begun } },
})

describe('withUncountedRuns', () => {
  it('leaves a call alone that asked for nothing else', () => expect(withUncountedRuns(usage, [])).toBe(usage))

  it('is the answer alone where the stream showed no more', () =>
    expect(withUncountedRuns({ ...usage, ...seen({}) }, atMost).runs).toEqual([answer]))

  it('adds what the stream showed to have begun', () =>
    expect(withUncountedRuns({ ...usage, ...seen({ compaction: 1, advisor: 1 }) }, atMost).runs).toEqual([
      compaction,
      advice,
      answer,
    ]))

  it('takes a fallback for the one that said it all: which model did is not known', () =>
    expect(withUncountedRuns({ ...usage, ...seen({ fallback: 1 }) }, atMost).runs).toEqual([
      answer,
      runOf('fallback', 'c', { inputTokens: 100, outputTokens: 50 }),
    ]))

  it('adds all that may have been where nothing was seen', () =>
    expect(withUncountedRuns(usage, atMost).runs).toHaveLength(5))

  it('adds to runs that were counted on the way only those that were not', () => {
    const counted = [runOf('advisor', 'b', { inputTokens: 7 }), answer]
    expect(withUncountedRuns({ ...usage, runs: counted, ...seen({ advisor: 2 }) }, atMost).runs).toEqual([
      advice,
      ...counted,
    ])
  })
})
