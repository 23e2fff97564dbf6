import type { Difference } from '../ledger/verify.ts'
import { completeUsage } from '../pricing/billed-runs.ts'
import { parseRuns } from '../pricing/parse-runs.ts'
import { parsePrice } from '../pricing/price.ts'
import { quoteCost } from '../pricing/quote.ts'
import { noUsage } from '../pricing/usage.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

const pageRows = 500

/**
 * Calls of several runs: what they cost by the counts and prices on their rows, each run by its own, is what their rows
 * say that they cost, and the runs add up to the row's counts. An estimate ends at its hold, so its cost is not compared.
 */
export async function verifyRuns(db: DatabaseReader): Promise<readonly Difference[]> {
  const differences: Difference[] = []
  for (let last = ''; ; ) {
    const rows = await db
      .selectFrom('requests')
      .selectAll()
      .where('runs', 'is not', null)
      .where('id', '>', last)
      .orderBy('id')
      .limit(pageRows)
      .execute()
    differences.push(...rows.flatMap(differencesOf))
    const end = rows.at(-1)
    if (end === undefined || rows.length < pageRows) return differences
    last = end.id
  }
}

function differencesOf(row: Row<'requests'>): readonly Difference[] {
  if (row.runs === null || row.provider_cost_microcredits === null) return []
  // Without the columns beside them, so that a run that is missing is missed.
  const usage = { ...noUsage, runs: parseRuns(row.runs) }
  const { runs: _runs, ...sum } = completeUsage(usage)
  const cost = row.is_estimated === 1 ? row.provider_cost_microcredits : quoteCost(usage, parsePrice(row.price))
  return [
    ...differ(row.id, `cost ${cost}`, `cost ${row.provider_cost_microcredits}`),
    ...differ(row.id, JSON.stringify(sum), JSON.stringify(bucketsOf(row))),
  ]
}

function bucketsOf(row: Row<'requests'>) {
  return {
    inputTokens: row.input_tokens ?? 0,
    cacheReadTokens: row.cache_read_tokens ?? 0,
    cacheWrite5mTokens: row.cache_write_5m_tokens ?? 0,
    cacheWrite1hTokens: row.cache_write_1h_tokens ?? 0,
    outputTokens: row.output_tokens ?? 0,
    webSearches: row.web_searches ?? 0,
  }
}

function differ(id: string, expected: string, actual: string): readonly Difference[] {
  return expected === actual ? [] : [{ kind: 'request_runs', id, expected, actual }]
}
