import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixedClock, secondMs } from '../kernel/clock.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { createHeartbeat } from './heartbeat.ts'
import { resolveAbandonedHolds } from './resolve-abandoned-holds.ts'

let store: TestDatabase
let clock: ReturnType<typeof fixedClock>

beforeEach(async () => {
  store = await openTestDatabase()
  clock = fixedClock()
  const { db } = store
  const nowMs = clock.nowMs()
  const partner = { id: 'par_1', name: 'p', email: 'p@example.com', publishable_key: 'oc_pk_1', share_basis_points: 0 }
  await db
    .insertInto('partners')
    .values({ ...partner, created_at_ms: nowMs, updated_at_ms: nowMs })
    .execute()
  await db.insertInto('users').values({ id: 'usr_1', created_at_ms: nowMs }).execute()
  const key = { id: 'key_1', kind: 'user', secret_hash: 'x', last_four: 'abcd', user_id: 'usr_1', partner_id: 'par_1' }
  await db
    .insertInto('keys')
    .values({ ...key, kind: 'user', source: 'checkout', created_at_ms: nowMs })
    .execute()
})

afterEach(() => store.close())

/** Two servers on two hosts with one store; each has a hold, and beats when told. */
async function startServers() {
  const { db } = store
  const start = async (name: string) => {
    const self = { serverId: `srv_${name}`, hostName: name, processId: 1 }
    const heartbeat = createHeartbeat({ db, clock, self })
    await heartbeat.beat()
    await placeHold(`req_${name}`, self.serverId)
    return {
      beat: () => heartbeat.beat(),
      async resolve() {
        const recovered: string[] = []
        const recover = async (hold: { id: string }) => void recovered.push(hold.id)
        await resolveAbandonedHolds({ db, self, heartbeat, isProcessAlive: () => true, recover }, clock.nowMs())
        return recovered
      },
    }
  }
  return { a: await start('a'), b: await start('b') }
}

async function placeHold(id: string, serverId: string): Promise<void> {
  const atMs = clock.nowMs()
  const hold = {
    id,
    user_id: 'usr_1',
    key_id: 'key_1',
    amount_microcredits: 5,
    state: 'sent',
    server_id: serverId,
  } as const
  await store.db
    .insertInto('holds')
    .values({ ...hold, created_at_ms: atMs, expires_at_ms: atMs + 7200 * secondMs })
    .execute()
}

describe('resolveAbandonedHolds', () => {
  it('resolves the hold of a server on another host that fell silent, and of no other', async () => {
    const { a } = await startServers()
    for (let beats = 0; beats < 6; beats += 1) {
      clock.advance(3 * secondMs)
      await a.beat()
    }
    expect(await a.resolve()).toEqual(['req_b'])
  })

  it('leaves the holds of a living server alone after an outage of the store, in which all were silent', async () => {
    const { a, b } = await startServers()
    clock.advance(60 * secondMs)
    await a.beat()
    expect(await a.resolve()).toEqual([])
    clock.advance(3 * secondMs)
    await b.beat()
    for (let beats = 0; beats < 6; beats += 1) {
      clock.advance(3 * secondMs)
      await a.beat()
      await b.beat()
      expect(await a.resolve()).toEqual([])
    }
  })

  it('still finds the one that died in the outage, as soon as its silence proves something', async () => {
    const { a } = await startServers()
    clock.advance(60 * secondMs)
    await a.beat()
    expect(await a.resolve()).toEqual([])
    for (let beats = 0; beats < 6; beats += 1) {
      clock.advance(3 * secondMs)
      await a.beat()
    }
    expect(await a.resolve()).toEqual(['req_b'])
  })

  it('judges nobody while it cannot reach the store itself', async () => {
    const { a } = await startServers()
    for (let beats = 0; beats < 6; beats += 1) {
      clock.advance(3 * secondMs)
      await a.beat()
    }
    clock.advance(20 * secondMs)
    expect(await a.resolve()).toEqual([])
  })
})
