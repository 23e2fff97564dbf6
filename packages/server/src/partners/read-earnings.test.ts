import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fund, hold, seedPeople, settle } from '../ledger/test-ledger.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { loadPartner } from './partner.ts'
import { readEarnings } from './read-earnings.ts'

let store: TestDatabase

beforeEach(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
  await fund(store.db, 'U1', 50_000_000)
})

afterEach(() => store.close())

/** A call of U1's that cost so much, with its share and the operator's fee, in microcredits; settled at this time. */
async function addCall(id: string, due: readonly [number, number, number], endedAtMs: number): Promise<void> {
  await hold(store.db, id, 'U1', 10_000_000)
  await settle(store.db, id, due)
  const charge = due.reduce((sum, part) => sum + part, 0)
  const of = { endpoint: 'messages', provider: 'anthropic', model: 'claude-sonnet-5' }
  await store.db
    .insertInto('requests')
    .values({
      ...{ ...of, id, user_id: 'U1', key_id: 'K1', partner_id: 'P1', billed_to: 'credits' },
      ...{ state: 'settled', price: '{}' },
      ...{ share_basis_points: 1000, fee_basis_points: 500, hold_microcredits: 0, created_at_ms: 0 },
      ...{ is_stream: 0, is_estimated: 0, estimated_input_tokens: 0, progress_output_tokens: 0 },
      ...{ ended_at_ms: endedAtMs, charge_microcredits: charge },
    })
    .execute()
}

async function read(callsMax: number) {
  const partner = await loadPartner(store.db, 'id', 'P1')
  if (partner === null) throw new Error('P1 was seeded')
  return readEarnings(store.db, partner, callsMax)
}

describe('readEarnings', () => {
  it('is nothing for an app without calls', async () =>
    expect(await read(20)).toEqual({ id: 'P1', livemode: true, referral_rate: 0.1, earned: 0, calls: [] }))

  it('is what the ledger owes, with each transfer of each call, newest first, and names no user', async () => {
    await addCall('R1', [1_000_000, 100_000, 50_000], 1_000)
    await addCall('R2', [2_000_000, 200_000, 0], 2_000)
    const earnings = await read(20)
    expect(earnings.earned).toBe(0.3)
    expect(earnings.calls).toEqual([
      {
        ...{ request_id: 'R2', model: 'claude-sonnet-5', ended_at: '1970-01-01T00:00:02.000Z', charge: 2.2 },
        transfers: [
          { code: 'usage_cost', from: 'wallet', to: 'operator:provider_cost', credits: 2 },
          { code: 'usage_share', from: 'wallet', to: 'partner', credits: 0.2 },
        ],
      },
      {
        ...{ request_id: 'R1', model: 'claude-sonnet-5', ended_at: '1970-01-01T00:00:01.000Z', charge: 1.15 },
        transfers: [
          { code: 'usage_cost', from: 'wallet', to: 'operator:provider_cost', credits: 1 },
          { code: 'usage_share', from: 'wallet', to: 'partner', credits: 0.1 },
          { code: 'usage_fee', from: 'wallet', to: 'operator:fee', credits: 0.05 },
        ],
      },
    ])
    expect(JSON.stringify(earnings)).not.toContain('U1')
  })

  it('lists as many calls as were asked for; the sum is of all', async () => {
    await addCall('R1', [1_000_000, 100_000, 0], 1_000)
    await addCall('R2', [1_000_000, 100_000, 0], 2_000)
    expect((await read(1)).calls.map(({ request_id }) => request_id)).toEqual(['R2'])
    expect(await read(0)).toMatchObject({ earned: 0.2, calls: [] })
  })
})
