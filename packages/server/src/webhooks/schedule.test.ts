import { describe, expect, it } from 'vitest'
import { dayMs, hourMs, secondMs } from '../kernel/clock.ts'
import { attemptsMax, waitAfter } from './schedule.ts'

const wait = (attemptInRound: number, random = 0.5, retryAfterMs: number | null = null) =>
  waitAfter({ attemptInRound, random, retryAfterMs })

describe('the schedule of a delivery', () => {
  it('makes ten attempts in about three days', () => {
    const waits = Array.from({ length: 9 }, (_, index) => wait(index + 1) ?? 0)
    expect(waits.slice(0, 4)).toEqual([5_000, 300_000, 1_800_000, 7_200_000])
    expect(waits.reduce((sum, one) => sum + one, 0) / dayMs).toBeCloseTo(3.15, 1)
    expect(attemptsMax).toBe(10)
    expect(wait(10)).toBeNull()
  })

  it('varies each wait by a fifth', () => {
    expect([wait(1, 0), wait(1, 1)]).toEqual([4_000, 6_000])
  })

  it('waits longer where the endpoint asks for it, at most a day', () => {
    expect(wait(1, 0.5, 60 * secondMs)).toBe(60 * secondMs)
    expect(wait(4, 0.5, 60 * secondMs)).toBe(2 * hourMs)
    expect(wait(1, 0.5, 30 * dayMs)).toBe(dayMs)
  })
})
