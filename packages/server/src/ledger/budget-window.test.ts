import { describe, expect, it } from 'vitest'
import { type BudgetWindow, budgetWindowStartMs } from './budget-window.ts'

describe('budgetWindowStartMs', () => {
  const cases: readonly (readonly [string, BudgetWindow, string, string])[] = [
    ['a day begins at midnight UTC', 'day', '2026-03-29T23:59:59.999Z', '2026-03-29T00:00:00.000Z'],
    ['midnight belongs to the new day', 'day', '2026-03-30T00:00:00.000Z', '2026-03-30T00:00:00.000Z'],
    ['a week begins on Monday', 'week', '2026-11-22T12:00:00.000Z', '2026-11-16T00:00:00.000Z'],
    ['Monday is its own week’s first day', 'week', '2026-11-16T00:00:00.000Z', '2026-11-16T00:00:00.000Z'],
    ['a week may begin in the year before', 'week', '2027-01-01T08:00:00.000Z', '2026-12-28T00:00:00.000Z'],
    ['a month begins on its first', 'month', '2028-02-29T10:00:00.000Z', '2028-02-01T00:00:00.000Z'],
    ['the total never ends', 'total', '2026-11-20T00:00:00.000Z', '1970-01-01T00:00:00.000Z'],
  ]
  for (const [label, window, now, start] of cases) {
    it(label, () => expect(new Date(budgetWindowStartMs(window, Date.parse(now))).toISOString()).toBe(start))
  }
})
