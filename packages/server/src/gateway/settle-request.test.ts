import { afterEach, beforeEach, expect, it } from 'vitest'
import { readWallet } from '../ledger/balance.ts'
import { fund, hold, seedPeople } from '../ledger/test-ledger.ts'
import { noUsage } from '../pricing/usage.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { settleRequest } from './settle-request.ts'

let store: TestDatabase
const ended: string[] = []
const books = () => ({
  db: store.db,
  onCallEnded: ({ requestId }: { requestId: string }) => void ended.push(requestId),
})

beforeEach(async () => {
  store = await openTestDatabase()
  ended.length = 0
  await seedPeople(store.db)
  await fund(store.db, 'U1', 1_000_000)
  await hold(store.db, 'R1', 'U1', 500)
  const row = { id: 'R1', user_id: 'U1', key_id: 'K1', partner_id: 'P1', endpoint: 'messages', model: 'm' } as const
  const terms = { price: '{}', share_basis_points: 1000, fee_basis_points: 0, hold_microcredits: 500 }
  const counts = { is_stream: 0, is_estimated: 0, estimated_input_tokens: 0, progress_output_tokens: 0 }
  await store.db
    .insertInto('requests')
    .values({
      ...{ ...row, ...terms, ...counts },
      ...{ provider: 'anthropic', billed_to: 'credits', state: 'admitted', created_at_ms: 0 },
    })
    .execute()
})

afterEach(() => store.close())

const rates = {
  ...{ inputPerMillion: 10_000_000, cacheReadPerMillion: 0, cacheWrite5mPerMillion: 0, cacheWrite1hPerMillion: 0 },
  ...{ outputPerMillion: 0, perThousandWebSearches: 0 },
}
const call = {
  ...{ requestId: 'R1', userId: 'U1', endpoint: 'messages', provider: 'anthropic', isStream: false, admittedAtMs: 0 },
  ...{ httpStatus: 200, errorCode: null, upstreamRequestId: null, firstByteAtMs: null, partnerId: 'P1' },
  ending: 'completed',
  measured: { usage: { ...noUsage, inputTokens: 20 }, isEstimated: false },
  terms: { price: { rates, tiers: [] }, shareBasisPoints: 1000, feeBasisPoints: 0 },
  budgetMicrocredits: null,
} as const

it('a call that was settled by a try whose commit was not told is told its charge, and is charged and counted once', async () => {
  expect(await settleRequest(books(), call, 1)).toBe(220)
  expect(await settleRequest(books(), call, 2)).toBe(220)
  expect(ended).toEqual(['R1'])
  expect(await readWallet(store.db, 'U1')).toMatchObject({ postedMicrocredits: 1_000_000 - 220, heldMicrocredits: 0 })
})

it('what is due beyond the hold is taken from what the wallet has left', async () => {
  const long = { ...call, measured: { usage: { ...noUsage, inputTokens: 2000 }, isEstimated: false } }
  expect(await settleRequest(books(), long, 1)).toBe(22_000)
  expect(await readWallet(store.db, 'U1')).toMatchObject({ postedMicrocredits: 978_000, heldMicrocredits: 0 })
})
