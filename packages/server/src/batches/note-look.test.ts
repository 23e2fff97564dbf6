import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixedClock } from '../kernel/clock.ts'
import { fund, seedPeople } from '../ledger/test-ledger.ts'
import { createCatalogue } from '../pricing/catalogue.ts'
import { noOperatorModels } from '../pricing/operator-models.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { noteEnd, noteFound, noteGivenUp, noteStranded } from './note-look.ts'
import { openTestBatch } from './test-batch.ts'

const id = 'batch_one'
const clock = fixedClock()
const end = { details: '{"output_file_id":"file_1"}', endedAtMs: 5, upstreamEnd: '{}' }
let store: TestDatabase

beforeEach(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
  await fund(store.db, 'U1', 1_000_000)
  const model = createCatalogue(noOperatorModels, clock.nowMs()).find('claude-sonnet-4')
  if (model === null) throw new Error('no model')
  await openTestBatch(store.db, { id, clock, model, holds: [100_000] })
})
afterEach(() => store.close())

const read = () => store.db.selectFrom('batches').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const change = (values: object) => store.db.updateTable('batches').set(values).where('id', '=', id).execute()

describe('a look that took longer than its lease', () => {
  it('does not end a batch a second time', async () => {
    const seen = await read()
    expect(await noteEnd(store.db, seen, end)).toMatchObject({ state: 'ended', ended_at_ms: 5, details: end.details })
    expect(await noteEnd(store.db, seen, { ...end, endedAtMs: 6, details: '{}' })).toBeNull()
    expect(await read()).toMatchObject({ ended_at_ms: 5, details: end.details })
  })

  it('does not bring back what an erased user had written', async () => {
    await change({ details: '{"metadata":{"of":"Ann"}}' })
    const seen = await read()
    await change({ details: '{}' })
    expect(await noteEnd(store.db, seen, { ...end, details: seen.details })).toBeNull()
    expect(await read()).toMatchObject({ ended_at_ms: null, details: '{}' })
  })

  it.each([
    ['ended', { state: 'ended', ended_at_ms: 7 }],
    ['settled', { settled_at_ms: 7 }],
  ])('does not strand a batch that has %s meanwhile', async (_what, values) => {
    const seen = await read()
    await change(values)
    expect(await noteStranded(store.db, seen)).toBe(false)
    expect(await read()).toMatchObject(values)
  })
})

describe('a stranded batch', () => {
  it('is told once, and ends when it is reached again', async () => {
    const seen = await read()
    expect(await noteStranded(store.db, seen)).toBe(true)
    expect(await noteStranded(store.db, seen)).toBe(false)
    expect(await noteStranded(store.db, await read())).toBe(false)
    await noteFound(store.db, await read())
    expect(await read()).toMatchObject({ state: 'ended' })
  })

  it('that is given up keeps the end that its provider had told, and stays as it is once it is settled', async () => {
    await change({ state: 'stranded', ended_at_ms: 7 })
    await noteGivenUp(store.db, await read(), 9)
    expect(await read()).toMatchObject({ state: 'ended', ended_at_ms: 7 })
    await change({ state: 'stranded', settled_at_ms: 8 })
    await noteGivenUp(store.db, await read(), 9)
    expect(await read()).toMatchObject({ state: 'stranded' })
  })
})
