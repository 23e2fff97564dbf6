export interface Format {
  /** Credits as people keep them in mind: two decimals, rounded down, so that a balance is never shown too large. */
  credits(credits: number): string
  /** What one call cost: small charges keep the digits that matter, and none is shown as nothing. */
  charge(credits: number): string
  /** To the microcredit. */
  exact(credits: number): string
  /** Beyond the microcredit: a part of a call's price before it is rounded. */
  precise(credits: number): string
  money(amount: number, currency: string): string
  number(count: number): string
  percent(share: number): string
  /** `3.4 MB`: 1 KB is 1024 bytes, as the limits are. */
  bytes(count: number): string
  /** `21 Nov 2026`. */
  date(seconds: number): string
  /** `21 Nov 2026, 23:04:09`. */
  dateTime(seconds: number): string
  /** `21 Nov, 23:04`, for lists; the year where it is another one than now. */
  moment(seconds: number, nowMs: number): string
  /** Of an ISO date (`2026-11-21`), which is a day in whatever zone it was asked in: `Sat, 21 Nov`. */
  day(isoDate: string): string
  /** One letter or two for the axis: `Sa`. */
  weekday(isoDate: string): string
  /** `5 minutes ago`, `yesterday`. */
  ago(seconds: number, nowMs: number): string
  readonly timeZone: string
}

/** Numbers, money and times as the user's language and region write them. */
export function createFormat(options: { readonly locale: string; readonly timeZone?: string }): Format {
  const { locale } = options
  const timeZone = options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const number = (more: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, more)
  const credits = number({ maximumFractionDigits: 2, roundingMode: 'floor' })
  const fine = number({ maximumSignificantDigits: 3, roundingMode: 'ceil' })
  const exact = number({ maximumFractionDigits: 6 })
  const precise = number({ maximumFractionDigits: 12 })
  const whole = number({ maximumFractionDigits: 0 })
  const percent = number({ style: 'percent', maximumFractionDigits: 2 })
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone })
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone })
  const short = { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit', timeZone } as const
  const moment = new Intl.DateTimeFormat(locale, short)
  const momentOfYear = new Intl.DateTimeFormat(locale, { ...short, year: 'numeric' })
  const year = new Intl.DateTimeFormat('en', { year: 'numeric', timeZone })
  // An ISO date has no zone: noon of UTC written in UTC is that date everywhere.
  const day = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' })
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const noonOf = (isoDate: string) => new Date(`${isoDate}T12:00:00Z`)
  return {
    timeZone,
    credits: (value) => credits.format(value),
    charge: (value) => (Math.abs(value) >= 1 || value === 0 ? credits.format(value) : fine.format(value)),
    exact: (value) => exact.format(value),
    precise: (value) => precise.format(value),
    money: (amount, currency) => number({ style: 'currency', currency: currency.toUpperCase() }).format(amount),
    number: (count) => whole.format(count),
    percent: (share) => percent.format(share),
    bytes: (count) => bytesIn(number, count),
    date: (seconds) => date.format(seconds * 1000),
    dateTime: (seconds) => dateTime.format(seconds * 1000),
    moment: (seconds, nowMs) =>
      (year.format(seconds * 1000) === year.format(nowMs) ? moment : momentOfYear).format(seconds * 1000),
    day: (isoDate) => day.format(noonOf(isoDate)),
    weekday: (isoDate) => weekday.format(noonOf(isoDate)),
    ago: (seconds, nowMs) => agoIn(relative, seconds, nowMs),
  }
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

function bytesIn(number: (more: Intl.NumberFormatOptions) => Intl.NumberFormat, count: number): string {
  const step = count < 1024 ? 0 : Math.min(Math.floor(Math.log2(count) / 10), byteUnits.length - 1)
  const unit = byteUnits[step] ?? 'byte'
  return number({
    style: 'unit',
    unit,
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step === 0 ? 0 : 1,
  }).format(count / 1024 ** step)
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

function agoIn(relative: Intl.RelativeTimeFormat, seconds: number, nowMs: number): string {
  // A clock that runs ahead of ours does not make a use that is to come.
  const passed = Math.max(0, nowMs / 1000 - seconds)
  const [unit, length] = steps.find(([, size]) => passed >= size) ?? ['second', 1]
  return unit === 'second' ? relative.format(0, 'minute') : relative.format(-Math.floor(passed / length), unit)
}
