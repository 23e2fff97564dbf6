import type { BudgetWindowName } from '@opencredits/protocol'
import { endOfDaySeconds } from '../../shared/parts/days.ts'

export const windowNames = ['day', 'week', 'month', 'total'] as const satisfies readonly BudgetWindowName[]

/** What the slider stops at. People choose magnitudes; the field beside it takes any number. */
export const sliderStops = [50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000, 20_000, 50_000] as const

/** What stands in the fields, as typed. */
export interface LimitFields {
  readonly isLimited: boolean
  readonly budget: string
  readonly window: BudgetWindowName
  /** Null: every model. */
  readonly models: readonly string[] | null
  /** ISO date, or empty for never. */
  readonly endsOn: string
}

export interface Limits {
  readonly budget: number | null
  readonly window?: BudgetWindowName
  readonly models: readonly string[] | null
  readonly expires_at: number | null
}

export type LimitProblem = 'budget' | 'models' | 'end'

export interface KnownLimits {
  readonly budget: number | null
  readonly window: BudgetWindowName | null
  readonly models: readonly string[] | null
  readonly expires_at: number | null
}

export const defaultLimits: LimitFields = { isLimited: true, budget: '500', window: 'month', models: null, endsOn: '' }

/** The fields of something that has limits already; for what has none, what we would suggest is filled in behind it. */
export function fieldsOf(known: KnownLimits): LimitFields {
  return {
    isLimited: known.budget !== null,
    budget: String(known.budget ?? defaultLimits.budget),
    window: known.window ?? defaultLimits.window,
    models: known.models,
    endsOn: known.expires_at === null ? '' : localDateOf(known.expires_at),
  }
}

/** Reads the fields, or names the first that is wrong. */
export function readLimits(fields: LimitFields, nowMs: number): Limits | LimitProblem {
  const budget = Number(fields.budget)
  // A limit of nothing is a key that cannot be used: who wants that cuts it off.
  if (fields.isLimited && !(fields.budget.trim() !== '' && Number.isFinite(budget) && budget > 0)) return 'budget'
  if (fields.models !== null && fields.models.length === 0) return 'models'
  const expiresAt = fields.endsOn === '' ? null : endOfDaySeconds(fields.endsOn)
  if (expiresAt !== null && !(expiresAt * 1000 > nowMs)) return 'end'
  return {
    budget: fields.isLimited ? budget : null,
    ...(fields.isLimited ? { window: fields.window } : {}),
    models: fields.models,
    expires_at: expiresAt,
  }
}

/** The place on the slider that is nearest to a typed amount, by magnitude. */
export function sliderPlaceOf(budget: string): number {
  const amount = Number(budget)
  if (!(amount > 0)) return 0
  const distance = (stop: number) => Math.abs(Math.log(stop) - Math.log(amount))
  return sliderStops.reduce<number>(
    (best, stop, place) => (distance(stop) < distance(sliderStops[best] ?? 1) ? place : best),
    0,
  )
}

function localDateOf(seconds: number): string {
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short' }).format(seconds * 1000)
}
