import { type Microcredits, microcredits, microcreditsPerCredit, minMicrocredits } from '../kernel/microcredits.ts'
import type { Budget } from '../ledger/budget-left.ts'

/** Nobody is asked to allow more than 500 credits a month, whatever the app suggests (people.md 3). */
const creditsMaxByWindow: Readonly<Record<Budget['window'], number>> = { total: 500, month: 500, week: 115, day: 16 }

/** What a user is asked to allow: what the app suggests, but no more than the default. */
export function suggestBudget(ofApp: Budget | null): Budget {
  const window = ofApp?.window ?? 'month'
  const most: Microcredits = microcredits(creditsMaxByWindow[window] * microcreditsPerCredit)
  return { window, amountMicrocredits: ofApp === null ? most : minMicrocredits(ofApp.amountMicrocredits, most) }
}
