import { AppError } from '../kernel/app-error.ts'
import { dayMs, minuteMs } from '../kernel/clock.ts'

/** The calendar of one IANA time zone. */
export interface TimeZone {
  readonly name: string
  /** The ISO date (`2026-11-21`) there at a moment. */
  dateAt(atMs: number): string
  /** The first moment of an ISO date there. Days have 23 or 25 hours where clocks change. */
  startOfDayMs(date: string): number
}

/** No zone is further from UTC. */
const offsetMsMax = 15 * 60 * minuteMs

/** @throws AppError `invalid_request` naming `time_zone`, for anything but an IANA name. */
export function readTimeZone(name: string): TimeZone {
  const format = formatOf(name)
  const dateAt = (atMs: number): string => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]))
    return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`
  }
  return {
    name,
    dateAt,
    startOfDayMs(date) {
      // Dates never go back while time goes on, also where clocks do, so halving finds the minute in which a day begins.
      const utcMs = Date.parse(`${date}T00:00:00Z`)
      let before = (utcMs - offsetMsMax) / minuteMs - 1
      let reached = (utcMs + offsetMsMax) / minuteMs
      while (reached - before > 1) {
        const middle = Math.floor((before + reached) / 2)
        if (dateAt(middle * minuteMs) >= date) reached = middle
        else before = middle
      }
      return reached * minuteMs
    },
  }
}

/** The date so many days later. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)
}

function formatOf(name: string): Intl.DateTimeFormat {
  try {
    // `Intl` also takes offsets such as +05:30, which know nothing of summer time.
    if (!/^[A-Za-z]/.test(name)) throw new RangeError(name)
    return new Intl.DateTimeFormat('en', { timeZone: name, year: 'numeric', month: '2-digit', day: '2-digit' })
  } catch (error) {
    throw new AppError('invalid_request', 'time_zone: expected an IANA name such as Europe/Berlin or UTC.', {
      param: 'time_zone',
      cause: error,
    })
  }
}
