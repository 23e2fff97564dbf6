import { describe, expect, it } from 'vitest'
import { endOfDaySeconds } from '../../shared/parts/days.ts'
import { defaultLimits, fieldsOf, readLimits, sliderPlaceOf, sliderStops } from './limit-form.ts'

const nowMs = Date.UTC(2026, 10, 21)

describe('readLimits', () => {
  it('reads an amount and its time', () => {
    expect(readLimits({ ...defaultLimits, budget: '12.5', window: 'day' }, nowMs)).toEqual({
      budget: 12.5,
      window: 'day',
      models: null,
      expires_at: null,
    })
  })

  it('has no time where there is no limit', () => {
    expect(readLimits({ ...defaultLimits, isLimited: false, budget: 'x' }, nowMs)).toEqual({
      budget: null,
      models: null,
      expires_at: null,
    })
  })

  it.each(['', ' ', '0', '-5', 'many', 'Infinity'])('refuses a limit of %j', (budget) =>
    expect(readLimits({ ...defaultLimits, budget }, nowMs)).toBe('budget'),
  )

  it('refuses no model, and an end that is over', () => {
    expect(readLimits({ ...defaultLimits, models: [] }, nowMs)).toBe('models')
    expect(readLimits({ ...defaultLimits, endsOn: '2026-11-19' }, nowMs)).toBe('end')
  })

  it('ends with the last second of the day where the user is', () => {
    const limits = readLimits({ ...defaultLimits, endsOn: '2026-12-24' }, nowMs)
    expect(limits).toMatchObject({ expires_at: endOfDaySeconds('2026-12-24') })
  })

  it('reads back what the fields of a known limit say', () => {
    const known = {
      budget: 80,
      window: 'week',
      models: ['openai/gpt-4o'],
      expires_at: endOfDaySeconds('2026-12-24'),
    } as const
    expect(readLimits(fieldsOf(known), nowMs)).toEqual(known)
    expect(fieldsOf({ budget: null, window: null, models: null, expires_at: null })).toMatchObject({ isLimited: false })
  })
})

describe('sliderPlaceOf', () => {
  it('finds each stop, and the nearest by magnitude', () => {
    for (const [place, stop] of sliderStops.entries()) expect(sliderPlaceOf(String(stop))).toBe(place)
    expect(sliderStops[sliderPlaceOf('700')]).toBe(500)
    expect(sliderStops[sliderPlaceOf('1000000')]).toBe(50_000)
    expect(sliderPlaceOf('')).toBe(0)
  })
})
