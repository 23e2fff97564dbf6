import { describe, expect, it } from 'vitest'
import { hourMs } from '../kernel/clock.ts'
import { serverJobs } from './server-jobs.ts'

/** Only what a job is listed by is looked at; nothing of the rest is called. */
function jobsWith(catalogue: { untilDueMs(): number; reevaluate(): void }) {
  const nothing: unknown = new Proxy(() => nothing, { get: () => nothing })
  const deps = new Proxy({ catalogue }, { get: (target, name) => Reflect.get(target, name) ?? nothing })
  return serverJobs(deps as unknown as Parameters<typeof serverJobs>[0])
}

describe('serverJobs', () => {
  it('evaluates prices whenever the catalogue says that they are due', async () => {
    let evaluations = 0
    const catalogue = {
      untilDueMs: () => hourMs,
      reevaluate: () => {
        evaluations += 1
      },
    }
    const prices = jobsWith(catalogue).find(({ name }) => name === 'prices')
    expect(typeof prices?.everyMs === 'function' ? prices.everyMs() : null).toBe(hourMs)
    await prices?.run()
    expect(evaluations).toBe(1)
  })
})
