import { describe, expect, it } from 'vitest'
import { offersIn } from './buy-offers.ts'

describe('offersIn', () => {
  it('is larger where the currency has no cents', () => {
    expect(offersIn('usd')).toEqual([5, 10, 25, 50, 100])
    expect(offersIn('jpy')).toEqual([500, 1000, 2500, 5000, 10_000])
  })
})
