import { dayMs } from '../kernel/clock.ts'

export type BudgetWindow = 'total' | 'day' | 'week' | 'month'

/** When the window that holds this moment began, in UTC; weeks begin on Monday, `total` began with time itself. */
export function budgetWindowStartMs(window: BudgetWindow, nowMs: number): number {
  if (window === 'total') return 0
  const midnightMs = Math.floor(nowMs / dayMs) * dayMs
  const day = new Date(midnightMs)
  if (window === 'day') return midnightMs
  if (window === 'week') return midnightMs - ((day.getUTCDay() + 6) % 7) * dayMs
  return midnightMs - (day.getUTCDate() - 1) * dayMs
}
