import { CompiledQuery } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { settleRequest } from '../gateway/settle-request.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { hold, runLedgerTable, seedPeople } from '../ledger/test-ledger.ts'
import { noUsage } from '../pricing/usage.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { clearMark } from '../users/marked-users.ts'
import { verifyBooks } from './verify-books.ts'

let store: TestDatabase

beforeEach(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
  await runLedgerTable(store.db, 'transfer grant:1 operator:grants wallet:U1 100000 grant → posted')
})

afterEach(() => store.close())

const rates = {
  ...{ inputPerMillion: 10_000_000, cacheReadPerMillion: 0, cacheWrite5mPerMillion: 0, cacheWrite1hPerMillion: 0 },
  ...{ outputPerMillion: 0, perThousandWebSearches: 0 },
}

/** Adds a settled call with this hold. A token costs 10 microcredits, plus 10 % for the partner and 5 % for the operator. */
async function addCall(id: string, held: number, inputTokens: number, isEstimated = false): Promise<void> {
  const of = { endpoint: 'messages', provider: 'anthropic', model: 'm' }
  await hold(store.db, id, 'U1', held)
  await store.db
    .insertInto('requests')
    .values({
      ...{ ...of, id, user_id: 'U1', key_id: 'K1', partner_id: 'P1', billed_to: 'credits', state: 'admitted' },
      ...{ price: '{}', share_basis_points: 1000, fee_basis_points: 500, hold_microcredits: held, created_at_ms: 0 },
      ...{ is_stream: 0, is_estimated: 0, estimated_input_tokens: 0, progress_output_tokens: 0 },
    })
    .execute()
  await settleRequest(
    { db: store.db, onCallEnded: () => {} },
    {
      ...{ ...of, requestId: id, userId: 'U1', isStream: false, admittedAtMs: 0, httpStatus: 200, errorCode: null },
      ...{ upstreamRequestId: null, firstByteAtMs: null, partnerId: 'P1', livemode: true, ending: 'completed' },
      measured: { usage: { ...noUsage, inputTokens }, isEstimated },
      terms: { price: { rates, tiers: [] }, shareBasisPoints: 1000, feeBasisPoints: 500 },
      budgetMicrocredits: null,
    },
    50,
  )
}

const run = (statement: string) => store.db.executeQuery(CompiledQuery.raw(statement))
const kinds = async () => (await verifyBooks(store.db)).differences.map(({ kind, id }) => `${kind} ${id}`)

/** One call within its hold, one that the wallet covers, one estimate above its hold, one that the operator pays in part. */
async function addCalls(): Promise<void> {
  await addCall('exact', 2000, 100)
  await addCall('made_up', 500, 1000)
  await addCall('estimated', 500, 1000, true)
  await addCall('short', 500, 20_000)
}

describe('verifyBooks', () => {
  it('accepts calls that cost less than the hold, more than it, and more than the wallet has', async () => {
    await addCalls()
    const rows = await store.db.selectFrom('requests').selectAll().orderBy('id').execute()
    expect(
      rows.map((row) => [row.id, row.charge_microcredits, row.share_microcredits, row.shortfall_microcredits]),
    ).toEqual([
      ['estimated', 500, 43, 0],
      ['exact', 1150, 100, 0],
      ['made_up', 11_500, 1000, 0],
      ['short', 86_850, 0, 113_150],
    ])
    expect(await kinds()).toEqual([])
  })

  const corruptions: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'a share of a cost that was not paid whole',
      "update requests set share_microcredits = 5, charge_microcredits = charge_microcredits where id = 'short'",
      ['request_parts short', 'request_split short'],
    ],
    [
      'a share above its rate of the cost',
      "update requests set share_microcredits = 101, fee_microcredits = 49 where id = 'exact'",
      ['request_parts exact', 'request_split exact'],
    ],
    [
      'a fee above its rate of the cost',
      "update requests set share_microcredits = 99, fee_microcredits = 51 where id = 'exact'",
      ['request_parts exact', 'request_split exact'],
    ],
    [
      'a shortfall that no transfer made up',
      "update requests set shortfall_microcredits = 1 where id = 'exact'",
      ['request_parts exact', 'request_split exact'],
    ],
    [
      'a share that the operator paid, of a call after migration 004',
      `insert into transfers (id, debit_account, credit_account, amount_microcredits, code, cause_id, created_at_ms)
       values ('x', 'operator:shortfall', 'partner:P1', 7, 'shortfall_share', 'short', 0)`,
      ['request_parts short'],
    ],
    [
      'a miss that is not on its row',
      "update requests set missed_microcredits = 0 where id = 'made_up'",
      ['request_missed made_up'],
    ],
    [
      'a miss that was none',
      "update requests set missed_microcredits = 3 where id = 'exact'",
      ['request_missed exact'],
    ],
    [
      'an estimate above what was held',
      "update requests set hold_microcredits = 499 where id = 'estimated'",
      ['request_missed estimated'],
    ],
    [
      'more past a budget than above the hold',
      "update requests set over_budget_microcredits = 11001 where id = 'made_up'",
      ['request_missed made_up'],
    ],
    [
      'a missing mark',
      "update users set marked_at_ms = null where id = 'U1'",
      ['request_mark made_up', 'request_mark short'],
    ],
    [
      'a mark that was cleared before the call',
      "update users set marked_at_ms = null, mark_cleared_at_ms = 49 where id = 'U1'",
      ['request_mark made_up', 'request_mark short'],
    ],
  ]
  it.each(corruptions)('finds %s', async (_label, statement, expected) => {
    await addCalls()
    await run(statement)
    expect((await kinds()).filter((one) => one.startsWith('request_'))).toEqual(expected)
  })

  it('accepts a mark that an operator has cleared since', async () => {
    await addCalls()
    // The operator's clock is behind the server's.
    expect(await clearMark(store.db, 'U1', 10)).toMatchObject({ mark: { requestId: 'made_up' } })
    expect(await kinds()).toEqual([])
  })

  it('accepts calls from before migration 004, whose missing shares the operator paid', async () => {
    await addCall('short', 500, 20_000)
    await run(
      `update requests set share_microcredits = 20000, fee_microcredits = 10000, shortfall_microcredits = 120000,
         missed_microcredits = null, over_budget_microcredits = null`,
    )
    await run(
      `insert into transfers (id, debit_account, credit_account, amount_microcredits, code, cause_id, created_at_ms)
       values ('request:short:shortfall_share', 'operator:shortfall', 'partner:P1', ${microcredits(20_000)}, 'shortfall_share', 'short', 0)`,
    )
    await run("update users set marked_at_ms = null where id = 'U1'")
    expect(await kinds()).toEqual([])
  })
})
