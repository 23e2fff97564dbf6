import type { Translate } from '../messages/words-context.ts'

/** How long the balance lasts at the pace of the last week, in words that promise no more than the figure knows. */
export function describeRunway(days: number | null, t: Translate): string {
  if (days === null) return t('runwayUnknown')
  if (days < 1) return t('runwayToday')
  if (days >= 365) return t('runwayLong')
  if (days >= 60) return t('runwayMonths', { count: Math.floor(days / 30) })
  return t('runwayDays', { count: Math.floor(days) })
}
