import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { minuteMs } from '../kernel/clock.ts'
import { fund, hold as holdInLedger, holdInParts, release, seedPeople, settlePart } from '../ledger/test-ledger.ts'
import { tellFailure } from '../store/store-failure.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { beat, signOff } from './heartbeat.ts'
import { createEarlierLooks, resolveAbandonedHolds } from './resolve-abandoned-holds.ts'

const nowMs = 1_800_000_000_000
let store: TestDatabase

beforeEach(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
  await fund(store.db, 'U1', 1000)
})

afterEach(() => store.close())

/** One that looks, as often as it is asked to. */
function watcher(
  options: {
    readonly running?: readonly string[]
    readonly dead?: readonly number[]
    readonly faults?: Readonly<Record<string, unknown>>
  } = {},
) {
  const resolved: string[] = []
  const faulty: string[] = []
  const deps = {
    db: store.db,
    self: { serverId: 'self', hostName: 'here', processId: 1 },
    looks: createEarlierLooks(),
    isProcessAlive: (processId: number) => !(options.dead ?? []).includes(processId),
    isRunning: (holdId: string) => (options.running ?? []).includes(holdId),
    async recover({ id }: { readonly id: string }) {
      const fault = options.faults?.[id]
      if (fault !== undefined) throw fault
      await release(store.db, id)
      resolved.push(id)
    },
    onFault: ({ id }: { readonly id: string }) => void faulty.push(id),
  }
  return { resolved, faulty, look: (atMs = nowMs) => resolveAbandonedHolds(deps, atMs) }
}

const hold = (id: string, serverId: string, expiresAtMs = nowMs + minuteMs) =>
  holdInLedger(store.db, id, 'U1', 10, { serverId, expiresAtMs })

const beatOf = (serverId: string, atMs: number, hostName = 'elsewhere', processId = 7) =>
  beat(store.db, { serverId, hostName, processId }, atMs)

describe('resolveAbandonedHolds', () => {
  it.each([
    ['two hours behind', -120 * minuteMs],
    ['right', 0],
    ['three hours ahead', 180 * minuteMs],
  ])('leaves the calls of a living server alone though its own clock is %s of the other’s', async (_label, offMs) => {
    const { look, resolved } = watcher()
    await hold('H1', 'other')
    for (let beats = 0; beats < 8; beats += 1) {
      await beatOf('other', nowMs + beats * 3000)
      await look(nowMs + offMs)
    }
    expect(resolved).toEqual([])
  })

  it('leaves the hold of a batch alone, however old it is: its results say what it cost', async () => {
    const { look, resolved } = watcher()
    await holdInParts(store.db, 'B1', 'U1', [10, 10])
    for (let looks = 0; looks < 5; looks += 1) await look(nowMs + 400 * 24 * 60 * minuteMs)
    expect(resolved).toEqual([])
    expect((await settlePart(store.db, 'B1', 0, null)).outcome).toBe('released')
  })

  it('resolves the holds of a server whose heartbeat stands still for four looks, once, and forgets the server', async () => {
    const { look, resolved } = watcher()
    await beatOf('other', nowMs)
    await hold('H1', 'other')
    for (let looks = 0; looks < 3; looks += 1) await look()
    expect(resolved).toEqual([])
    await look()
    await look()
    expect(resolved).toEqual(['H1'])
    expect(await store.db.selectFrom('servers').selectAll().execute()).toEqual([])
  })

  it('resolves what a server left that stopped in order, though it signed off', async () => {
    const { look, resolved } = watcher()
    await beatOf('other', nowMs)
    await hold('H1', 'other')
    await signOff(store.db, 'other')
    for (let looks = 0; looks < 4; looks += 1) await look(nowMs)
    expect(resolved).toEqual(['H1'])
    await beatOf('other', nowMs)
    await signOff(store.db, 'other')
    expect(await store.db.selectFrom('servers').select('id').execute()).toEqual([])
  })

  it('does not wait for a server of this host whose process is gone', async () => {
    const { look, resolved } = watcher({ dead: [7] })
    await beatOf('gone', nowMs, 'here', 7)
    await beatOf('alive', nowMs, 'here', 8)
    await hold('H1', 'gone')
    await hold('H2', 'alive')
    await look()
    expect(resolved).toEqual(['H1'])
  })

  it('resolves holds of its own that no call answers for at two looks, and no others', async () => {
    const { look, resolved } = watcher({ running: ['H2'] })
    await beatOf('self', nowMs, 'here', 1)
    await hold('H1', 'self')
    await hold('H2', 'self')
    await look()
    expect(resolved).toEqual([])
    await hold('H3', 'self')
    await look()
    expect(resolved).toEqual(['H1'])
  })

  it('resolves what is past its time when nobody knows its server', async () => {
    const { look, resolved } = watcher()
    await hold('H1', 'nobody', nowMs - 1)
    await hold('H2', 'nobody', nowMs + minuteMs)
    await look()
    expect(resolved).toEqual(['H1'])
  })

  it('resolves the other holds when one fails, reports it, and retries it at the next look', async () => {
    const faults: Record<string, unknown> = { H1: new TypeError('a bug') }
    const { look, resolved, faulty } = watcher({ dead: [7], faults })
    await beatOf('gone', nowMs, 'here', 7)
    await hold('H1', 'gone')
    await hold('H2', 'gone')
    expect(await look()).toBe(1)
    expect([resolved, faulty]).toEqual([['H2'], ['H1']])
    delete faults.H1
    expect(await look()).toBe(1)
    expect([resolved, faulty]).toEqual([['H2', 'H1'], ['H1']])
    expect(await store.db.selectFrom('servers').selectAll().execute()).toEqual([])
  })

  it('gets past more failing holds than a batch has', async () => {
    const ids = Array.from({ length: 401 }, (_, index) => `H${index}`)
    const { look, resolved, faulty } = watcher({
      dead: [7],
      faults: Object.fromEntries(ids.map((id) => [id, new TypeError('a bug')])),
    })
    await beatOf('gone', nowMs, 'here', 7)
    await Promise.all(ids.map((id) => holdInLedger(store.db, id, 'U1', 0, { serverId: 'gone' })))
    await hold('last', 'gone')
    await look()
    expect(resolved).toEqual(['last'])
    expect(faulty.toSorted()).toEqual(ids.toSorted())
  })

  it('stops when the store is unavailable', async () => {
    const away = tellFailure(Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' }))
    const { look, faulty } = watcher({ dead: [7], faults: { H1: away } })
    await beatOf('gone', nowMs, 'here', 7)
    await hold('H1', 'gone')
    await expect(look()).rejects.toBe(away)
    expect(faulty).toEqual([])
  })
})
