import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { purgeExpired } from '../jobs/purge-expired.ts'
import { dayMs } from '../kernel/clock.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { createObservations, type Observations, observedOfKindMax, observedOrigin } from './observations.ts'

let store: TestDatabase
let observations: Observations
let nowMs: number

beforeEach(async () => {
  store = await openTestDatabase()
  nowMs = 1_000
  observations = createObservations({ db: store.db, clock: { nowMs: () => nowMs } })
})
afterEach(() => store.close())

const rows = () => store.db.selectFrom('setup_observations').selectAll().orderBy('last_at_ms', 'desc').execute()

describe('createObservations', () => {
  it('keeps what is seen again and again as one row, from the first time to the last', async () => {
    for (let reload = 0; reload < 1_000; reload += 1) {
      nowMs += 1
      observations.note('par_1', 'page_seen', 'http://localhost:3000')
      if (reload === 500) await observations.write()
    }
    nowMs -= 1
    observations.note('par_2', 'page_seen', 'http://localhost:3000')
    await observations.write()
    expect(await rows()).toMatchObject([
      { partner_id: 'par_1', subject: 'http://localhost:3000', times: 1_000, first_at_ms: 1_001, last_at_ms: 2_000 },
      { partner_id: 'par_2', times: 1 },
    ])
  })

  it('writes nothing where nothing was seen, and what is frequent once a minute', async () => {
    const writes = async () => {
      observations.note('par_1', 'call_refused', '/v1/messages insufficient_credits')
      await observations.write()
      return (await rows())[0]?.times
    }
    await observations.write()
    expect(await rows()).toEqual([])
    for (let write = 1; write <= 20; write += 1) expect(await writes()).toBe(write)
    expect([await writes(), await writes()]).toEqual([20, 20])
    nowMs += 60_000
    expect(await writes()).toBe(23)
  })

  it('keeps the newest of a kind, whatever a stranger says, and leaves the other kinds alone', async () => {
    observations.note('par_1', 'page_seen', 'https://app.example')
    for (let flood = 0; flood < 20; flood += 1) {
      nowMs += 10
      for (let one = 0; one < 100; one += 1)
        observations.note('par_1', 'origin_refused', `https://x${flood}-${one}.example`)
      observations.note('par_1', 'origin_refused', `https://${'x'.repeat(300)}.example`)
      await observations.write()
    }
    const kept = await rows()
    expect(kept.filter(({ kind }) => kind === 'page_seen')).toHaveLength(1)
    const refused = kept.filter(({ kind }) => kind === 'origin_refused')
    expect(refused).toHaveLength(observedOfKindMax)
    expect(new Set(refused.map(({ last_at_ms }) => last_at_ms))).toEqual(new Set([nowMs]))
  })

  it('is forgotten a week after it was seen last', async () => {
    observations.note('par_1', 'page_seen', 'https://old.example')
    await observations.write()
    nowMs += 3 * dayMs
    observations.note('par_1', 'page_seen', 'https://app.example')
    await observations.write()
    await purgeExpired(store.db, nowMs + 4 * dayMs + 1)
    expect(await rows()).toMatchObject([{ subject: 'https://app.example' }])
  })
})

describe('observedOrigin', () => {
  it.each([
    ['https://app.example', 'https://app.example'],
    ['http://localhost:5173', 'http://localhost:5173'],
    ['', 'null'],
    ['null', 'null'],
    ['https://me@app.example', 'malformed'],
    ['https://app.example/oc_sk_1', 'malformed'],
    ['javascript:alert(1)', 'malformed'],
    ['<b>', 'malformed'],
  ])('%j is kept as %s', (origin, kept) => expect(observedOrigin(origin)).toBe(kept))
})
