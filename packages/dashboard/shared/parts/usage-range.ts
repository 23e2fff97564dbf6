import { addDays, isIsoDate } from './days.ts'

export const rangeNames = ['7d', '30d', 'month', 'last_month', '90d', 'custom'] as const
export type RangeName = (typeof rangeNames)[number]

export interface UsageRange {
  readonly name: RangeName
  readonly from: string
  readonly to: string
}

/** The server sums up no longer time at once. */
const daysMax = 366

/**
 * Reads the time that a page is about from its address: a name (`?range=30d`), or two dates (`?from=…&to=…`). What is
 * not understood is the last thirty days.
 */
export function readRange(query: Readonly<Record<string, string>>, today: string): UsageRange {
  const { from = '', to = '' } = query
  if (isIsoDate(from) && isIsoDate(to)) {
    const [first, last] = from < to ? [from, to] : [to, from]
    const earliest = addDays(last, 1 - daysMax)
    return { name: 'custom', from: first < earliest ? earliest : first, to: last }
  }
  const name = rangeNames.find((one) => one === query.range && one !== 'custom') ?? '30d'
  return { name, ...datesOf(name, today) }
}

function datesOf(name: RangeName, today: string): { readonly from: string; readonly to: string } {
  const firstOfMonth = `${today.slice(0, 8)}01`
  if (name === 'month') return { from: firstOfMonth, to: today }
  if (name === 'last_month') {
    const last = addDays(firstOfMonth, -1)
    return { from: `${last.slice(0, 8)}01`, to: last }
  }
  const days = name === '7d' ? 7 : name === '90d' ? 90 : 30
  return { from: addDays(today, 1 - days), to: today }
}

/** The address of a range. Dates are written only where no name says them: a bookmark of "last 7 days" stays true. */
export function rangeParameters({ name, from, to }: UsageRange): Record<string, string> {
  if (name === 'custom') return { from, to }
  return name === '30d' ? {} : { range: name }
}
