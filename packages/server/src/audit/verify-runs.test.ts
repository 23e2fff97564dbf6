import { CompiledQuery } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { settleRequest } from '../gateway/settle-request.ts'
import { hold, runLedgerTable, seedPeople } from '../ledger/test-ledger.ts'
import type { Price } from '../pricing/price.ts'
import { bucketsWith, priceOf, runOf } from '../pricing/test-usage.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { verifyBooks } from './verify-books.ts'

let store: TestDatabase

beforeEach(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
  await runLedgerTable(store.db, 'transfer grant:1 operator:grants wallet:U1 100000 grant → posted')
})

afterEach(() => store.close())

const price: Price = {
  ...priceOf(3, 15),
  others: { byModel: { sonnet: priceOf(3, 15), opus: priceOf(5, 25) }, unnamed: priceOf(10, 50) },
}
const runs = [
  runOf('message', 'sonnet', { inputTokens: 100, outputTokens: 10 }),
  runOf('advisor', 'opus', { inputTokens: 100, outputTokens: 10 }),
]

/** A call of 450 + 750 microcredits, without a share. */
async function addCall(id: string, isEstimated = false, held = 2000): Promise<void> {
  const of = { endpoint: 'messages', provider: 'anthropic', model: 'sonnet' }
  await hold(store.db, id, 'U1', held)
  await store.db
    .insertInto('requests')
    .values({
      ...{ ...of, id, user_id: 'U1', key_id: 'K1', partner_id: 'P1', billed_to: 'credits', state: 'admitted' },
      ...{ price: JSON.stringify(price), share_basis_points: 0, fee_basis_points: 0, hold_microcredits: held },
      ...{ created_at_ms: 0, is_stream: 0, is_estimated: 0, estimated_input_tokens: 0, progress_output_tokens: 0 },
    })
    .execute()
  await settleRequest(
    { db: store.db, onCallEnded: () => {} },
    {
      ...{ ...of, requestId: id, userId: 'U1', isStream: false, admittedAtMs: 0, httpStatus: 200, errorCode: null },
      ...{ upstreamRequestId: null, firstByteAtMs: null, partnerId: 'P1', livemode: true, ending: 'completed' },
      measured: { usage: { ...bucketsWith({ inputTokens: 100, outputTokens: 10 }), runs }, isEstimated },
      terms: { price, shareBasisPoints: 0, feeBasisPoints: 0 },
      budgetMicrocredits: null,
    },
    50,
  )
}

const found = async () => (await verifyBooks(store.db)).differences.map(({ kind, id }) => `${kind} ${id}`)
const change = (column: string, value: string) =>
  store.db.executeQuery(CompiledQuery.raw(`update requests set ${column} = ${value} where id = 'R1'`))

describe('calls of several runs', () => {
  it('cost what their runs cost, and are told as their sum', async () => {
    await addCall('R1')
    expect(await store.db.selectFrom('requests').selectAll().executeTakeFirst()).toMatchObject({
      ...{ charge_microcredits: 1200, input_tokens: 200, output_tokens: 20 },
      runs: JSON.stringify(runs),
    })
    expect(await found()).toEqual([])
  })

  it('cost no more than was held where they were estimated', async () => {
    await addCall('R1', true, 1000)
    expect(await found()).toEqual([])
  })

  it.each([
    ['a run that is gone', 'runs', `'${JSON.stringify(runs.slice(1))}'`],
    ['a run of another model', 'runs', `'${JSON.stringify(runs).replace('opus', 'sonnet')}'`],
    ['a price that was changed afterwards', 'price', `'${JSON.stringify({ ...price, others: undefined })}'`],
    ['a sum that is not theirs', 'output_tokens', '21'],
  ])('are compared with their rows: %s is found', async (_case, column, value) => {
    await addCall('R1')
    await change(column, value)
    expect(await found()).toContain('request_runs R1')
  })
})
