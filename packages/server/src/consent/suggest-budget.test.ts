import { describe, expect, it } from 'vitest'
import { microcredits } from '../kernel/microcredits.ts'
import { suggestBudget } from './suggest-budget.ts'

const credits = (amount: number) => microcredits(amount * 1_000_000)

describe('suggestBudget', () => {
  it.each([
    ['500 a month where the app suggests nothing', null, [500, 'month']],
    ['what the app suggests where that is less', [200, 'month'], [200, 'month']],
    ['no more than 500 a month', [5000, 'month'], [500, 'month']],
    ['no more than 500 in all', [5000, 'total'], [500, 'total']],
    ['a day’s part of 500 a month', [500, 'day'], [16, 'day']],
    ['a week’s part of 500 a month', [500, 'week'], [115, 'week']],
  ] as const)('is %s', (_label, ofApp, [amount, window]) => {
    const suggested = ofApp === null ? null : { amountMicrocredits: credits(ofApp[0]), window: ofApp[1] }
    expect(suggestBudget(suggested)).toEqual({ amountMicrocredits: credits(amount), window })
  })
})
