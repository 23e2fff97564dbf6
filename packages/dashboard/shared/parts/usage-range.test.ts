import { describe, expect, it } from 'vitest'
import { addDays, daysBetween, todayIn } from './days.ts'
import { rangeParameters, readRange } from './usage-range.ts'

const today = '2026-03-01'

describe('readRange', () => {
  it.each([
    [{}, { name: '30d', from: '2026-01-31', to: today }],
    [{ range: '7d' }, { name: '7d', from: '2026-02-23', to: today }],
    [{ range: 'month' }, { name: 'month', from: today, to: today }],
    [{ range: 'last_month' }, { name: 'last_month', from: '2026-02-01', to: '2026-02-28' }],
    [{ range: 'whatever' }, { name: '30d', from: '2026-01-31', to: today }],
    [{ range: 'custom' }, { name: '30d', from: '2026-01-31', to: today }],
    [
      { from: '2026-02-01', to: '2026-02-03' },
      { name: 'custom', from: '2026-02-01', to: '2026-02-03' },
    ],
    [
      { from: '2026-02-03', to: '2026-02-01' },
      { name: 'custom', from: '2026-02-01', to: '2026-02-03' },
    ],
    [
      { from: '2026-13-99', to: '2026-02-01' },
      { name: '30d', from: '2026-01-31', to: today },
    ],
    [
      { from: '2020-01-01', to: today },
      { name: 'custom', from: '2025-03-01', to: today },
    ],
  ])('%j', (query: Record<string, string>, range) => expect(readRange(query, today)).toEqual(range))

  it('is read again out of its own address', () => {
    for (const query of [{}, { range: '7d' }, { range: 'last_month' }, { from: '2026-02-01', to: '2026-02-03' }]) {
      const range = readRange(query, today)
      expect(readRange(rangeParameters(range), today)).toEqual(range)
    }
  })
})

describe('days', () => {
  it('are counted over the ends of months, leap days and summer time', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29')
    expect(daysBetween('2026-03-28', '2026-03-30')).toEqual(['2026-03-28', '2026-03-29', '2026-03-30'])
    expect(daysBetween('2026-03-30', '2026-03-28')).toEqual([])
  })

  it('begin where the user is', () => {
    const atMs = Date.UTC(2026, 10, 21, 23, 30)
    expect(todayIn('Europe/Berlin', atMs)).toBe('2026-11-22')
    expect(todayIn('America/Los_Angeles', atMs)).toBe('2026-11-21')
  })
})
