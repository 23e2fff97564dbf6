import { createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { createInFlight } from '../../packages/server/src/gateway/in-flight.ts'
import { forgetOldResponses } from '../../packages/server/src/jobs/forget-old-responses.ts'
import type { KeptItem, KeptOwner, ResponseToKeep } from '../../packages/server/src/kept/kept-content.ts'
import { createKeptResponses } from '../../packages/server/src/kept/kept-responses.ts'
import { fixedClock, hourMs } from '../../packages/server/src/kernel/clock.ts'
import { createLogger } from '../../packages/server/src/logger.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { mergeGuest } from '../../packages/server/src/users/merge-guest.ts'
import { addPeople, grant, openTestStore, type TestStore } from '../test-store.ts'

let store: TestStore
let clock = fixedClock(20_000 * hourMs)

beforeEach(async () => {
  clock = fixedClock(20_000 * hourMs)
  store = await openTestStore(inject('postgresUrl'))
  await addPeople(store.db, ['usr_1', 'usr_2'])
})
afterEach(() => store.close())

const ownerOf = (userId: string): KeptOwner => ({
  keyId: `key_${userId}`,
  sealingKey: createSecretKey(randomBytes(32)),
})
const open = (userBytesMax = 1_000_000) =>
  createKeptResponses({
    ...{ db: store.db, clock, isOn: true, keptHours: 720, userBytesMax },
    onLost: (error) => {
      throw error
    },
  })
const everything = { take: () => {} }

function response(id: string, more: Partial<ResponseToKeep> = {}): ResponseToKeep {
  return {
    ...{ id, previousId: null, provider: 'openai', envelope: { id, model: 'm' } },
    input: [{ type: 'message', role: 'user', content: `asks ${id}` }],
    output: [{ type: 'message', id: `msg_${id}`, role: 'assistant', content: `answers ${id}` }],
    ...more,
  }
}

const bytesOf = async (userId: string) =>
  (await store.db.selectFrom('kept_bytes').selectAll().where('user_id', '=', userId).executeTakeFirst())?.bytes ?? 0

async function bytesInRows(userId: string): Promise<number> {
  const rows = await store.db
    .selectFrom('kept_responses')
    .innerJoin('keys', 'keys.id', 'kept_responses.key_id')
    .selectAll('kept_responses')
    .where('keys.user_id', '=', userId)
    .execute()
  for (const row of rows) {
    expect(row.output_bytes).toBe(row.output.length)
    expect(row.rest_bytes).toBe(row.rest?.length ?? 0)
  }
  return rows.reduce((sum, row) => sum + row.output_bytes + row.rest_bytes, 0)
}

const items: fc.Arbitrary<readonly KeptItem[]> = fc.array(
  fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { maxKeys: 3 }),
  { maxLength: 4 },
)

describe('what is kept', () => {
  it('comes back as it was, in its order, for the one who kept it', async () => {
    const [kept, owner] = [open(), ownerOf('usr_1')]
    let count = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ input: items, output: items }), { minLength: 1, maxLength: 5 }),
        async (turns) => {
          const asSent: unknown[] = JSON.parse(JSON.stringify(turns))
          let previousId: string | null = null
          for (const turn of turns) {
            count += 1
            const id: string = `resp_${count}`
            const output = turn.output.map((item, index) => ({ ...item, id: `item_${count}_${index}` }))
            kept.keep(owner, response(id, { input: turn.input, output, previousId }))
            previousId = id
          }
          const found = await kept.findConversation(owner, previousId ?? '', everything)
          expect(found?.map(({ input }) => input)).toEqual(asSent.map((turn) => Object(turn).input))
          const ids = (found ?? []).flatMap(({ output }) => output.map(({ id }) => String(id)))
          const single = await kept.findItems(owner, { required: ids, optional: [] }, everything)
          expect(ids.map((id) => single.get(id)?.item)).toEqual(found?.flatMap(({ output }) => output))
        },
      ),
      { numRuns: 40 },
    )
    expect(await bytesOf('usr_1')).toBe(await bytesInRows('usr_1'))
  })

  it('is nobody else’s: neither another key nor another secret of the same key opens it', async () => {
    const [kept, owner] = [open(), ownerOf('usr_1')]
    kept.keep(owner, response('resp_1'))
    expect(await kept.find(owner, 'resp_1')).not.toBeNull()
    for (const stranger of [ownerOf('usr_2'), { ...owner, keyId: 'key_usr_2' }, { ...ownerOf('usr_1') }]) {
      expect(await kept.find(stranger, 'resp_1')).toBeNull()
      expect(await kept.findConversation(stranger, 'resp_1', everything)).toBeNull()
      expect((await kept.findItems(stranger, { required: ['msg_resp_1'], optional: [] }, everything)).size).toBe(0)
    }
    expect(await kept.forget(ownerOf('usr_2'), 'resp_1')).toBe(false)
  })

  it('is not looked for under what is no id', async () => {
    const [kept, owner] = [open(), ownerOf('usr_1')]
    for (const id of ['', 'a\u0000b', 'ü', '\ud800', 'x'.repeat(201)]) {
      expect(await kept.find(owner, id)).toBeNull()
      expect(await kept.findConversation(owner, id, everything)).toBeNull()
      expect(await kept.forget(owner, id)).toBe(false)
      expect((await kept.findItems(owner, { required: [], optional: [id] }, everything)).size).toBe(0)
    }
    kept.keep(owner, response('resp_1', { output: [{ id: 'a\u0000b', type: 'message', text: '\u0000\ud800' }] }))
    expect((await kept.find(owner, 'resp_1'))?.output).toHaveLength(1)
  })

  it('does not open in another place of the store', async () => {
    const [kept, owner] = [open(), ownerOf('usr_1')]
    kept.keep(owner, response('resp_1'))
    kept.keep(owner, response('resp_2'))
    await kept.finish()
    await store.run(
      "update kept_responses set output = (select output from kept_responses where response_id = 'resp_2') where response_id = 'resp_1'",
    )
    expect(await kept.find(owner, 'resp_1')).toBeNull()
  })

  it('branches: two responses continue one, written at once', async () => {
    const [kept, owner] = [open(), ownerOf('usr_1')]
    kept.keep(owner, response('resp_1'))
    kept.keep(owner, response('resp_2', { previousId: 'resp_1' }))
    kept.keep(owner, response('resp_3', { previousId: 'resp_1' }))
    for (const end of ['resp_2', 'resp_3'])
      expect((await kept.findConversation(owner, end, everything))?.map(({ id }) => id)).toEqual(['resp_1', end])
  })

  it('is no conversation any more where a part is missing, or where it leads in a circle', async () => {
    const [kept, owner] = [open(), ownerOf('usr_1')]
    for (const [id, previousId] of [
      ['a', null],
      ['b', 'a'],
      ['c', 'b'],
      ['x', 'y'],
      ['y', 'x'],
    ] as const)
      kept.keep(owner, response(id, { previousId }))
    expect(await kept.forget(owner, 'b')).toBe(true)
    expect(await kept.forget(owner, 'b')).toBe(false)
    expect(await kept.findConversation(owner, 'c', everything)).toBeNull()
    expect(await kept.findConversation(owner, 'a', everything)).toHaveLength(1)
    expect(await kept.findConversation(owner, 'x', everything)).toBeNull()
    expect(await bytesOf('usr_1')).toBe(await bytesInRows('usr_1'))
  })

  it('is read in a second when it is a thousand responses long, and its size is told before anything is decrypted', async () => {
    const [kept, owner] = [open(10_000_000), ownerOf('usr_1')]
    for (let index = 0; index < 1000; index += 1)
      kept.keep(owner, response(`r${index}`, { previousId: index === 0 ? null : `r${index - 1}` }))
    await kept.finish()
    const startMs = performance.now()
    const found = await kept.findConversation(owner, 'r999', everything)
    expect(performance.now() - startMs).toBeLessThan(3_000)
    expect(found?.map(({ id }) => id)).toEqual(Array.from({ length: 1000 }, (_, index) => `r${index}`))
    const sizes: number[][] = []
    const limits = {
      take: (bytes: number, nodes: number) => {
        sizes.push([bytes, nodes])
        throw new Error('too much')
      },
    }
    await expect(kept.findConversation(owner, 'r999', limits)).rejects.toThrow('too much')
    // Of a list, one item and its fields, for input and output.
    expect(sizes).toEqual([[await bytesOf('usr_1'), 1000 * (5 + 6)]])
  })
})

describe('room', () => {
  const long = (id: string) =>
    response(id, { input: [{ text: 'i'.repeat(5000) }], output: [{ id: `msg_${id}`, text: 'o'.repeat(1000) }] })

  it('is never exceeded, however many write at once: the oldest go, and inputs before outputs', async () => {
    const bytesMax = 100_000
    const [kept, owner] = [open(bytesMax), ownerOf('usr_1')]
    for (let round = 0; round < 5; round += 1) {
      for (let index = 0; index < 12; index += 1) {
        kept.keep(owner, long(`r${round}_${index}`))
        clock.advance(1)
      }
      await kept.finish()
      expect(await bytesOf('usr_1')).toBe(await bytesInRows('usr_1'))
      expect(await bytesOf('usr_1')).toBeLessThanOrEqual(bytesMax)
    }
    expect(await kept.find(owner, 'r4_11')).not.toBeNull()
    expect(await kept.find(owner, 'r3_11')).toBeNull()
    const wanted = { required: ['msg_r3_11', 'msg_r0_0'], optional: [] }
    expect([...(await kept.findItems(owner, wanted, everything)).keys()]).toEqual(['msg_r3_11'])
    const left = await store.db.selectFrom('kept_items').selectAll().execute()
    const rows = await store.db.selectFrom('kept_responses').select('response_id').execute()
    expect(left.map(({ response_id: id }) => id).toSorted()).toEqual(rows.map(({ response_id: id }) => id).toSorted())
  })

  it('is not taken by what is larger than all of it, nor by a user from another', async () => {
    const kept = open(20_000)
    const [one, other] = [ownerOf('usr_1'), ownerOf('usr_2')]
    kept.keep(one, long('r1'))
    kept.keep(one, response('huge', { input: [{ text: 'x'.repeat(30_000) }] }))
    for (let index = 0; index < 10; index += 1) kept.keep(other, long(`o${index}`))
    await kept.finish()
    expect(await kept.find(one, 'r1')).not.toBeNull()
    expect(await kept.find(one, 'huge')).toBeNull()
  })
})

describe('the end of what is kept', () => {
  const purge = () =>
    forgetOldResponses({
      ...{ db: store.db, clock, logger: createLogger('silent'), inFlight: createInFlight() },
      ...{ self: { serverId: 'srv_1', hostName: 'h', processId: 1 }, responsesKeptHours: 720 },
    })

  it('comes with its time, first for who asks and then in the store', async () => {
    const [kept, owner] = [open(), ownerOf('usr_1')]
    kept.keep(owner, response('resp_1'))
    await kept.finish()
    clock.advance(719 * hourMs)
    kept.keep(owner, response('resp_2'))
    expect(await kept.find(owner, 'resp_1')).not.toBeNull()
    clock.advance(2 * hourMs)
    expect(await kept.find(owner, 'resp_1')).toBeNull()
    expect(await kept.findConversation(owner, 'resp_1', everything)).toBeNull()
    expect((await kept.findItems(owner, { required: ['msg_resp_1'], optional: [] }, everything)).size).toBe(0)
    expect(await kept.forget(owner, 'resp_1')).toBe(false)
    expect(await purge()).toBe(1)
    expect(await kept.find(owner, 'resp_2')).not.toBeNull()
    expect(await bytesOf('usr_1')).toBe(await bytesInRows('usr_1'))
  })

  it('comes with its key: a revoked one keeps nothing more, and what it kept goes', async () => {
    const [kept, owner] = [open(), ownerOf('usr_1')]
    kept.keep(owner, response('resp_1'))
    await kept.finish()
    await store.db.updateTable('keys').set({ revoked_at_ms: 1 }).where('id', '=', owner.keyId).execute()
    kept.keep(owner, response('resp_2'))
    await kept.finish()
    expect(await purge()).toBe(1)
    expect(await store.db.selectFrom('kept_responses').selectAll().execute()).toEqual([])
    expect(await store.db.selectFrom('kept_items').selectAll().execute()).toEqual([])
    expect(await bytesOf('usr_1')).toBe(0)
  })

  it('does not come with signing in: what a guest’s key kept counts for the account', async () => {
    const [kept, guest, account] = [open(), ownerOf('usr_1'), ownerOf('usr_2')]
    kept.keep(guest, response('resp_1'))
    kept.keep(account, response('resp_2'))
    await kept.finish()
    await grant(store.db, 'usr_1', 100, 0)
    const merge = { guestUserId: 'usr_1', accountUserId: 'usr_2' }
    await transact(store.db, (transaction) => mergeGuest(transaction, merge, 0))
    expect(await kept.find(guest, 'resp_1')).not.toBeNull()
    expect(await bytesOf('usr_1')).toBe(0)
    expect(await bytesOf('usr_2')).toBe(await bytesInRows('usr_2'))
  })
})
