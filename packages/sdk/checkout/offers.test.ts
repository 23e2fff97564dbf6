import { describe, expect, it } from 'vitest'
import { chooseFirst, offersIn } from './offers.ts'

const usd = { code: 'usd', creditsPerMajorUnit: 100, minorUnitDigits: 2, amountMin: 1, amountMax: 1000 }

describe('offersIn', () => {
  it.each([
    ['dollars', usd, [5, 10, 25, 50, 100]],
    ['yen, by the hundred', { ...usd, creditsPerMajorUnit: 0.66, amountMax: 150_000 }, [500, 1000, 2500, 5000, 10_000]],
    ['only what may be bought', { ...usd, amountMin: 8, amountMax: 30 }, [10, 25]],
  ])('%s', (_label, currency, offers) => expect(offersIn(currency)).toEqual(offers))
})

describe('chooseFirst', () => {
  it.each([
    ['the usual one', 0, 10],
    ['the usual one where it is enough', 1000, 10],
    ['the smallest that is enough', 1001, 25],
    ['the largest where none is', 1_000_000, 100],
    ['the usual one for who has more than enough', -500, 10],
  ])('%s', (_label, missing, offer) => expect(chooseFirst(usd, missing)).toEqual({ offer }))
  it('leaves it to the user where nothing is on offer', () =>
    expect(chooseFirst({ ...usd, amountMin: 200 }, 0)).toEqual({ typed: '' }))
})
