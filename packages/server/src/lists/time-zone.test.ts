import { describe, expect, it } from 'vitest'
import { hourMs } from '../kernel/clock.ts'
import { readPeriod } from './period.ts'
import { readTimeZone } from './time-zone.ts'

const hoursOf = (timeZone: string, date: string) => {
  const { days } = readPeriod({ from: date, to: date, time_zone: timeZone }, 0)
  return days.map(({ startMs, endMs }) => (endMs - startMs) / hourMs)
}

describe('readTimeZone', () => {
  it.each([
    ['UTC', '2026-03-29', '2026-03-29T00:00:00.000Z', 24],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z', 23],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z', 25],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z', 25],
    ['Asia/Kathmandu', '2026-05-05', '2026-05-04T18:15:00.000Z', 24],
    ['Pacific/Kiritimati', '2026-01-01', '2025-12-31T10:00:00.000Z', 24],
    ['Pacific/Niue', '2026-01-01', '2026-01-01T11:00:00.000Z', 24],
    // Half an hour of summer time.
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00.000Z', 24.5],
    // Midnight itself is left out: the day begins at one.
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z', 23],
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z', 23],
    // A whole day that never was.
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z', 0],
  ])('finds where a day begins in %s on %s', (timeZone, date, start, hours) => {
    expect(new Date(readTimeZone(timeZone).startOfDayMs(date)).toISOString()).toBe(start)
    expect(hoursOf(timeZone, date)).toEqual([hours])
  })

  it.each(['+05:30', 'Mars/Olympus', '', 'x'.repeat(90)])('refuses %o', (name) =>
    expect(() => readTimeZone(name)).toThrow(/^time_zone: expected an IANA name/),
  )
})

describe('readPeriod', () => {
  const nowMs = Date.parse('2026-11-21T23:30:00Z')

  it('has the last thirty days in the user’s calendar, each beginning where the one before ends', () => {
    const period = readPeriod({ time_zone: 'Asia/Tokyo' }, nowMs)
    expect([period.from, period.to, period.days.length]).toEqual(['2026-10-24', '2026-11-22', 30])
    for (const [index, day] of period.days.entries())
      expect(day.startMs).toBe(index === 0 ? period.startMs : period.days[index - 1]?.endMs)
    expect(period.days.at(-1)?.endMs).toBe(period.endMs)
  })

  it('refuses days in the wrong order, and more than a year', () => {
    const ask = (from: string, to: string) => () => readPeriod({ from, to, time_zone: 'UTC' }, nowMs)
    expect(ask('2026-11-22', '2026-11-21')).toThrow(/^from: expected a day that is not after/)
    expect(ask('2025-01-01', '2026-11-21')).toThrow(/^from: expected at most 366 days/)
    expect(ask('2025-11-21', '2026-11-21')().days).toHaveLength(366)
  })
})
