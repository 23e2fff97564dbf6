import { describe, expect, it } from 'vitest'
import { billedRuns, completeUsage } from './billed-runs.ts'
import { bucketsWith, runOf } from './test-usage.ts'

const answer = runOf('message', 'a', { inputTokens: 100, outputTokens: 10 })
const compaction = runOf('compaction', null, { inputTokens: 5000, outputTokens: 700 })
const advice = runOf('advisor', 'b', { inputTokens: 130, outputTokens: 40 })
const declined = runOf('fallback', 'c', { inputTokens: 100, outputTokens: 3 })
const told = bucketsWith({ inputTokens: 100, outputTokens: 10 })

describe('billedRuns', () => {
  it('is one run of the call’s own model where none are counted apart', () =>
    expect(billedRuns(told)).toEqual([{ kind: 'message', model: null, usage: told }]))

  it('is each of them where the sum beside them is that of the answers', () => {
    const runs = [compaction, advice, answer]
    expect(billedRuns({ ...told, runs })).toEqual(runs)
  })

  it('is each attempt, though the sum tells only the one that served', () => {
    const runs = [answer, declined]
    expect(billedRuns({ ...told, runs })).toEqual(runs)
  })

  it('bills what the sum has and no run, searches among it, to the model of the call', () =>
    expect(billedRuns({ ...told, inputTokens: 130, webSearches: 2, runs: [compaction, answer] })).toEqual([
      compaction,
      answer,
      runOf('message', null, { inputTokens: 30, webSearches: 2 }),
    ]))

  it('does not take a compaction for a part of the sum', () =>
    expect(billedRuns({ ...told, runs: [compaction] })).toEqual([compaction, runOf('message', null, told)]))
})

describe('completeUsage', () => {
  it('adds up all that is billed', () =>
    expect(completeUsage({ ...told, webSearches: 1, runs: [compaction, advice, answer] })).toMatchObject(
      bucketsWith({ inputTokens: 5230, outputTokens: 750, webSearches: 1 }),
    ))

  it('leaves a usage without runs as it is', () => expect(completeUsage(told)).toBe(told))
})
