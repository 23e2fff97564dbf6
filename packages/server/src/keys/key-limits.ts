import { z } from 'zod'
import { type Microcredits, microcredits, microcreditsPerCredit, parseCredits } from '../kernel/microcredits.ts'
import type { Budget } from '../ledger/budget-left.ts'

/** Purchases raise a budget, and a larger sum than numbers are exact for could not be read any more. */
const creditsMax = microcredits(1_000_000_000 * microcreditsPerCredit)

const credits = z.union([z.number(), z.string()]).transform((value, context): Microcredits => {
  const amount = parseCredits(value)
  if (amount !== null && amount > 0 && amount <= creditsMax) return amount
  context.addIssue({
    code: 'custom',
    message: 'expected a positive number of credits, at most 1000000000, with at most six decimals; null is no limit',
  })
  return z.NEVER
})

/** What a person says of a budget: of a key, or of what an app may spend. */
export const budgetFields = {
  /** Credits per window; null: no limit. */
  budget: credits.nullable(),
  window: z.enum(['total', 'day', 'week', 'month']),
  models: z.array(z.string().min(1).max(200)).min(1).max(200).nullable(),
  /** Seconds since 1970, or an ISO 8601 time. */
  expires_at: z
    .union([z.number().int().positive().max(8_640_000_000_000), z.iso.datetime({ offset: true })])
    .nullable(),
}

const fields = {
  ...budgetFields,
  name: z.string().trim().min(1).max(100),
  rpm: z.number().int().min(1).max(100_000).nullable(),
}

/** The limits of a new key, as `POST /v1/account/keys` takes them. */
export const newKeySchema = z.strictObject(fields).partial().required({ name: true })
/** What is left out stays. */
export const changedKeySchema = z.strictObject(fields).partial()

export type NewKeyLimits = z.output<typeof newKeySchema>
export type KeyLimitChanges = z.output<typeof changedKeySchema>

/** A change of a budget and of what goes with it, as it was sent. */
export type BudgetChanges = Pick<KeyLimitChanges, 'budget' | 'window' | 'models' | 'expires_at'>

interface BudgetColumns {
  readonly budget_microcredits: number | null
  readonly budget_window: Budget['window'] | null
}

/** The columns that a change writes. A budget without a window keeps the one that it has, or is a total one. */
export function columnsOf(changes: BudgetChanges, now: BudgetColumns) {
  const budget = changes.budget === undefined ? now.budget_microcredits : changes.budget
  const hasBudgetChange = changes.budget !== undefined || changes.window !== undefined
  return {
    ...(hasBudgetChange
      ? {
          budget_microcredits: budget,
          budget_window: budget === null ? null : (changes.window ?? now.budget_window ?? 'total'),
        }
      : {}),
    ...(changes.models === undefined
      ? {}
      : { models: changes.models === null ? null : JSON.stringify(changes.models) }),
    ...(changes.expires_at === undefined ? {} : { expires_at_ms: expiryMs(changes.expires_at) }),
  }
}

function expiryMs(value: number | string | null): number | null {
  if (value === null) return null
  return typeof value === 'number' ? value * 1000 : Date.parse(value)
}
