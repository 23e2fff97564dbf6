import { sql } from 'kysely'
import type { Database } from '../store/open-database.ts'
import { inChunks, type SeqRange } from './seq-range.ts'
import { tellAppsOfBalances } from './tell-apps-of-balances.ts'
import { tellAppsOfBudgets } from './tell-apps-of-budgets.ts'
import { findMovements } from './tell-balances.ts'

/**
 * Writes `balance.low` and `key.budget_reached` for what these transfers used up, where an app has a webhook endpoint.
 * The calls themselves do nothing for it.
 */
export async function tellApps(db: Database, range: SeqRange, nowMs: number): Promise<void> {
  const endpoint = await db.selectFrom('webhook_endpoints').select('id').limit(1).executeTakeFirst()
  if (endpoint === undefined) return
  for (const chunk of inChunks(await findMovements(db, range))) await tellAppsOfBalances(db, chunk, nowMs)
  for (const chunk of inChunks(await findBudgets(db, range))) await tellAppsOfBudgets(db, chunk, nowMs)
}

async function findBudgets(db: Database, { after, through }: SeqRange): Promise<readonly string[]> {
  const { rows } = await sql<{ budget_id: string }>`
    select distinct budget_id from transfers
    where seq > ${after} and seq <= ${through} and budget_id is not null`.execute(db)
  return rows.map((row) => row.budget_id)
}
