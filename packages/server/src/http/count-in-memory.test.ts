import { describe, expect, it } from 'vitest'
import { fixedClock } from '../kernel/clock.ts'
import { countInMemory } from './count-in-memory.ts'

describe('countInMemory', () => {
  it('counts each subject within a window that begins when it first comes', () => {
    const clock = fixedClock()
    const count = countInMemory(60_000, { clock })
    expect(count('a')).toEqual({ count: 1, msLeft: 60_000 })
    clock.advance(40_000)
    expect(count('a')).toEqual({ count: 2, msLeft: 20_000 })
    expect(count('b')).toEqual({ count: 1, msLeft: 60_000 })
    clock.advance(20_000)
    expect(count('a')).toEqual({ count: 1, msLeft: 60_000 })
    expect(count('b')).toEqual({ count: 2, msLeft: 40_000 })
  })

  it('forgets nobody while endless subjects come, and lets those share counts', () => {
    const clock = fixedClock()
    const count = countInMemory(60_000, { clock, subjectsAtOnce: 100 })
    for (let time = 0; time < 5; time += 1) count('early')
    for (let index = 0; index < 100_000; index += 1) count(`attacker ${index}`)
    expect(count('early').count).toBe(6)
    // 100 000 subjects in 4 096 shared counts: somebody new is not the first in his.
    expect(count('late').count).toBeGreaterThan(10)
    clock.advance(60_001)
    expect(count('late').count).toBe(1)
  })

  it('stays small under endless subjects', () => {
    const count = countInMemory(60_000)
    const before = process.memoryUsage().heapUsed
    for (let index = 0; index < 300_000; index += 1) count(`2001:db8:${index}:0`)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(60_000_000)
  }, 60_000)
})
