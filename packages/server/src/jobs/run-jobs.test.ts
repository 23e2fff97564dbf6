import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { runJobs } from './run-jobs.ts'

const logger = pino({ level: 'silent' })

describe('runJobs', () => {
  it('runs again after a failure, and never twice at once', async () => {
    let runs = 0
    let running = 0
    let together = 0
    const { promise: thrice, resolve } = Promise.withResolvers<void>()
    const jobs = runJobs(
      [
        {
          name: 'test',
          everyMs: 1,
          async run() {
            runs += 1
            running += 1
            together = Math.max(together, running)
            await new Promise((done) => setTimeout(done, 3))
            running -= 1
            if (runs === 1) throw new Error('first run fails')
            if (runs === 3) resolve()
          },
        },
      ],
      logger,
    )
    await thrice
    await jobs.stop()
    expect(together).toBe(1)
    const afterStop = runs
    await new Promise((done) => setTimeout(done, 10))
    expect(runs).toBe(afterStop)
  })

  it('asks a job that knows its next time before each wait', async () => {
    const waits = [1, 2, 3]
    const { promise: thrice, resolve } = Promise.withResolvers<void>()
    let runs = 0
    const job = {
      name: 'timed',
      everyMs: () => waits.shift() ?? 60_000,
      async run() {
        runs += 1
        if (runs === 3) resolve()
      },
    }
    const jobs = runJobs([job], logger)
    await thrice
    await jobs.stop()
    expect([runs, waits]).toEqual([3, []])
  })

  it('waits at the stop for the run under way', async () => {
    let hasFinished = false
    const { promise: begun, resolve } = Promise.withResolvers<void>()
    const jobs = runJobs(
      [
        {
          name: 'slow',
          everyMs: 0,
          async run() {
            resolve()
            await new Promise((done) => setTimeout(done, 20))
            hasFinished = true
          },
        },
      ],
      logger,
    )
    await begun
    await jobs.stop()
    expect(hasFinished).toBe(true)
  })
})
