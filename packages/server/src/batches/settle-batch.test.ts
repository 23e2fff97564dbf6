import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eraseBatches } from '../account/erase-batches.ts'
import { verifyBooks } from '../audit/verify-books.ts'
import { createInFlight } from '../gateway/in-flight.ts'
import { fixedClock } from '../kernel/clock.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { readWallet } from '../ledger/balance.ts'
import { fund, seedPeople } from '../ledger/test-ledger.ts'
import { createCatalogue, type Model } from '../pricing/catalogue.ts'
import { noOperatorModels } from '../pricing/operator-models.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { anthropicUpstream } from '../wires/anthropic-messages/upstream.ts'
import { createAnthropicBatches } from './anthropic-batches.ts'
import { upstreamCustomId } from './batch-ids.ts'
import { customIdsOf, openItems } from './item-rows.ts'
import { settleBatch } from './settle-batch.ts'
import { openTestBatch, unusedUpstreams } from './test-batch.ts'

const id = 'msgbatch_one'
const clock = fixedClock()
const catalogue = createCatalogue(noOperatorModels, clock.nowMs())
let store: TestDatabase

beforeEach(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
  await fund(store.db, 'U1', 1_000_000)
  await openTestBatch(store.db, {
    id,
    clock,
    model: modelNamed('claude-sonnet-4'),
    holds: [100_000, 100_000, 100_000, 90],
  })
})

afterEach(async () => {
  // The credits of these tests come from nowhere.
  const { differences } = await verifyBooks(store.db)
  expect(differences.filter(({ kind }) => kind !== 'purchase')).toEqual([])
  await store.close()
})

function modelNamed(name: string): Model {
  const model = catalogue.find(name)
  if (model === null) throw new Error(`no ${name}`)
  return model
}

const batchRow = () => store.db.selectFrom('batches').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const usage = { input_tokens: 10, output_tokens: 100 }
const line = (at: number, result: object = { type: 'succeeded', message: { usage } }) =>
  JSON.stringify({ custom_id: upstreamCustomId(id, at), result })

/** Settles by files of these lines; null breaks the file off. */
async function settle(lines: readonly (string | null)[]): Promise<void> {
  async function* bytes() {
    for (const text of lines) {
      if (text === null) throw new Error('cut')
      yield Buffer.from(`${text}\n`)
    }
  }
  const deps = {
    ...{ db: store.db, clock, onCallEnded: () => {}, catalogue, inFlight: createInFlight(), leaseMs: 1 },
    saidCounter: { count: async (_model: Model, text: string) => text.length, bound: async () => 0 },
  }
  const results = {
    files: [Readable.from(bytes())],
    provider: createAnthropicBatches(unusedUpstreams),
    reader: anthropicUpstream,
  }
  await settleBatch(deps, await batchRow(), results)
}

describe('settleBatch', () => {
  // 10 tokens at USD 1.50 and 100 at 7.50 a million, and a tenth of it.
  const due = Math.ceil(76_500 * 1.1)

  it('charges each request once, whatever else is in the file, and however often it is read', async () => {
    const other = JSON.stringify({ custom_id: 'somebody-0', result: { type: 'succeeded', message: { usage } } })
    await settle([other, 'no json', line(2), line(2), line(0, { type: 'expired' }), line(17)])
    await settle([line(2), line(0), line(0)])
    expect(await batchRow()).toMatchObject({ succeeded: 1, expired: 1, charge_microcredits: due, settled_at_ms: null })
    expect((await readWallet(store.db, 'U1')).postedMicrocredits).toBe(1_000_000 - due)
    expect([...(await openItems(store.db, id)).keys()]).toEqual([1, 3])
  })

  it('goes on after a file that broke off, in another order', async () => {
    const half = [...Array.from({ length: 4 }, (_, at) => line(3 - at)).slice(0, 2), null]
    await expect(settle(half)).rejects.toThrow('cut')
    expect(await batchRow()).toMatchObject({ succeeded: 0, reads: 0 })
    await settle([0, 1, 2, 3].map((at) => line(at, at < 3 ? undefined : { type: 'canceled' })))
    expect(await batchRow()).toMatchObject({ succeeded: 3, canceled: 1, charge_microcredits: 3 * due })
    expect((await batchRow()).settled_at_ms).toBe(clock.nowMs())
    expect(await store.db.selectFrom('holds').selectAll().execute()).toEqual([])
  })

  it('gives back what the whole file does not mention, once it has said so three times', async () => {
    for (const reads of [1, 2]) {
      await settle([line(0), line(1)])
      expect(await batchRow()).toMatchObject({ reads, missing: 0, settled_at_ms: null })
    }
    await settle([line(0), line(1)])
    expect(await batchRow()).toMatchObject({ succeeded: 2, missing: 2, charge_microcredits: 2 * due })
    expect((await readWallet(store.db, 'U1')).heldMicrocredits).toBe(0)
  })

  it('charges an answer without counts by its words, and no more than was held; an unknown end by its counts', async () => {
    const said = { content: [{ type: 'text', text: 'x'.repeat(500) }] }
    await settle([
      line(3, { type: 'succeeded', message: said }),
      line(1, { type: 'succeeded', message: said }),
      line(2, { type: 'something_new', message: { usage } }),
      line(0, { type: 'something_new' }),
    ])
    const rows = await store.db.selectFrom('requests').selectAll().orderBy('id').execute()
    expect(
      rows.map(({ charge_microcredits, is_estimated, state }) => [charge_microcredits, is_estimated, state]),
    ).toEqual([
      [0, 0, 'released'],
      [100_000, 1, 'settled'],
      [due, 0, 'settled'],
      [90, 1, 'settled'],
    ])
  })

  it('goes on for a user who is erased, without what the client called its requests', async () => {
    await store.db.updateTable('batches').set({ details: '{"endpoint":"x","metadata":{"of":"Ann"}}' }).execute()
    await store.db.transaction().execute((transaction) => eraseBatches(transaction, ['U1']))
    expect(await batchRow()).toMatchObject({ details: '{"endpoint":"x"}' })
    await settle([0, 1, 2, 3].map((at) => line(at)))
    expect(await batchRow()).toMatchObject({ succeeded: 4, charge_microcredits: 4 * due })
    expect([...(await customIdsOf(store.db, id)).values()]).toEqual(['', '', '', ''])
  })

  it('marks the user of a request above its part, which the rest of the wallet pays', async () => {
    await settle([line(3), line(0), line(1), line(2)])
    expect(await batchRow()).toMatchObject({ charge_microcredits: 4 * due })
    const [row] = await store.db.selectFrom('requests').selectAll().where('missed_microcredits', '>', 0).execute()
    expect(row).toMatchObject({ missed_microcredits: due - 90, shortfall_microcredits: 0, hold_microcredits: 90 })
    const user = await store.db.selectFrom('users').selectAll().where('id', '=', 'U1').executeTakeFirstOrThrow()
    expect(user.marked_at_ms).toBe(clock.nowMs())
  })
})

describe('the books', () => {
  it.each([
    ['batch_charge', 'update batches set charge_microcredits = 1'],
    ['batch_charge', 'update batches set succeeded = succeeded - 1, missing = missing + 1'],
    ['batch_item_charge', 'update batch_items set charge_microcredits = charge_microcredits + 1 where position = 0'],
    ['batch_item_part', "update batch_items set state = 'missing' where position = 1"],
    ['batch_hold', 'update batches set settled_at_ms = 1'],
    ['hold_parts', 'update hold_parts set amount_microcredits = amount_microcredits + 1 where position = 1'],
  ])('find a %s that is wrong: %s', async (kind, change) => {
    await settle([line(0)])
    const undo = new Error('undo')
    const told = store.db.transaction().execute(async (transaction) => {
      await sql.raw(change).execute(transaction)
      expect((await verifyBooks(transaction)).differences.map((difference) => difference.kind)).toContain(kind)
      throw undo
    })
    await expect(told).rejects.toBe(undo)
  })
})

describe('a batch that is opened', () => {
  it('is not, where its requests together cost more than there is, and leaves no row', async () => {
    const model = modelNamed('claude-sonnet-4')
    const dear = openTestBatch(store.db, { id: 'msgbatch_two', clock, model, holds: [400_000, microcredits(400_000)] })
    await expect(dear).rejects.toThrow('needed for the 2 requests of this batch')
    expect(await store.db.selectFrom('batches').select('id').execute()).toEqual([{ id }])
    expect(await store.db.selectFrom('batch_items').select('batch_id').distinct().execute()).toEqual([{ batch_id: id }])
  })
})
