import type { KeyStatus } from '@opencredits/protocol'
import { creditsFromMicrocredits } from '../kernel/microcredits.ts'
import { readBudgetUse } from '../ledger/budget-left.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { parseModels } from './authenticate-key.ts'
import { expiryMsOf } from './key-expiry.ts'
import { budgetOf, type KeyRow } from './read-key.ts'

type DescribedRow = Omit<KeyRow, 'marked_at_ms' | 'email' | 'available_microcredits' | 'secret_until_ms'>

/** What a key may do, and what was spent of its budget: of its own, or of the one that all keys of its app share. */
export async function describeKey(db: DatabaseReader, row: DescribedRow, nowMs: number) {
  const { budgetId, budget } = budgetOf(row)
  const use = budget === null ? null : await readBudgetUse(db, { budgetId, window: budget.window }, nowMs)
  const expiresAtMs = expiryMsOf(row)
  return {
    id: row.id,
    name: row.name,
    source: row.source,
    last_four: row.last_four,
    status: statusOf(row, expiresAtMs, nowMs),
    budget: budget === null ? null : creditsFromMicrocredits(budget.amountMicrocredits),
    window: budget === null ? null : budget.window,
    spent: use === null ? null : creditsFromMicrocredits(use.spentMicrocredits),
    rpm: row.requests_per_minute,
    models: parseModels(row.consent_id === null ? row.models : row.consent_models),
    created_at: Math.floor(row.created_at_ms / 1000),
    expires_at: expiresAtMs === null ? null : Math.floor(expiresAtMs / 1000),
    last_used_at: row.last_used_at_ms === null ? null : Math.floor(row.last_used_at_ms / 1000),
  }
}

/** Of a key's row and when it ends. */
export function statusOf(
  row: Pick<DescribedRow, 'revoked_at_ms' | 'consent_withdrawn_at_ms' | 'consent_expires_at_ms'>,
  expiresAtMs: number | null,
  nowMs: number,
): KeyStatus {
  if (row.revoked_at_ms !== null || row.consent_withdrawn_at_ms !== null) return 'revoked'
  const isOver = (atMs: number | null) => atMs !== null && atMs <= nowMs
  return isOver(expiresAtMs) || isOver(row.consent_expires_at_ms) ? 'expired' : 'active'
}
