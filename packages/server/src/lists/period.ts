import { z } from 'zod'
import { AppError } from '../kernel/app-error.ts'
import { dayMs } from '../kernel/clock.ts'
import { addDays, readTimeZone } from './time-zone.ts'

/** Days of a user's calendar, both ends included. */
export interface Period {
  readonly from: string
  readonly to: string
  readonly timeZone: string
  readonly days: readonly PeriodDay[]
  /** The first moment, and the first one after it. */
  readonly startMs: number
  readonly endMs: number
  /** Old calls are kept as sums of UTC days; those of the same dates belong to it: from, and before. */
  readonly utcStartMs: number
  readonly utcEndMs: number
}

interface PeriodDay {
  readonly date: string
  readonly startMs: number
  readonly endMs: number
}

const daysMax = 366
const daysByDefault = 30

const isoDate = z.iso
  .date({ error: 'expected a date such as 2026-11-21' })
  .refine((date) => date >= '2000-01-01' && date <= '2999-12-31', { error: 'expected a date from 2000 to 2999' })

export const periodQuery = {
  from: isoDate.optional().describe('first day in `time_zone`; default: 29 days before `to`'),
  to: isoDate.optional().describe('last day, included; default: today'),
  time_zone: z.string().max(100).default('UTC').describe('IANA name, such as Europe/Berlin'),
}

export interface PeriodQuery {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly time_zone: string
}

/** @throws AppError `invalid_request` naming `from`, `to` or `time_zone`. */
export function readPeriod(query: PeriodQuery, nowMs: number): Period {
  const zone = readTimeZone(query.time_zone)
  const to = query.to ?? zone.dateAt(nowMs)
  const from = query.from ?? addDays(to, 1 - daysByDefault)
  const count = (Date.parse(to) - Date.parse(from)) / dayMs + 1
  if (count < 1) throw refused('from', 'expected a day that is not after `to`')
  if (count > daysMax) throw refused('from', `expected at most ${daysMax} days; ask for a later \`from\``)
  const dates = Array.from({ length: count + 1 }, (_, index) => addDays(from, index))
  const starts = dates.map((date) => zone.startOfDayMs(date))
  const days = dates.slice(0, -1).map((date, index) => ({
    date,
    startMs: starts[index] ?? 0,
    endMs: starts[index + 1] ?? 0,
  }))
  return {
    ...{ from, to, timeZone: zone.name, days },
    startMs: starts[0] ?? 0,
    endMs: starts.at(-1) ?? 0,
    utcStartMs: Date.parse(from),
    utcEndMs: Date.parse(to) + dayMs,
  }
}

function refused(param: string, reason: string): AppError {
  return new AppError('invalid_request', `${param}: ${reason}.`, { param })
}
