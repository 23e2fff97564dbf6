import type { BatchPlan } from '@opencredits/sandbox'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { runOnStore } from '../test-store.ts'
import { type ApiAnswer, balanceOf, buyCredits, call, until, verifyLedger } from './api-client.ts'
import * as client from './batch-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { makeKey } from './make-key.ts'
import { describeOpenaiBatches } from './openai-batches.ts'
import { describeRefusedBatches } from './refused-batches.ts'

/** Anthropic's Message Batches. The timer that looks after them runs ten times a second here. */
let caller: Caller

beforeAll(async () => {
  caller = await startCaller({
    ...{ BATCH_POLL_MS: '100', BATCHES_OPEN_PER_USER: '3', BATCH_REQUESTS_MAX: '100' },
    ...{ ADDRESS_REQUESTS_PER_MINUTE: '100000', KEY_REQUESTS_PER_MINUTE: '100000' },
  })
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

afterEach(async () => {
  await control().planBatches()
  await control().clear()
})

const control = () => caller.stack.sandbox.providers.control
const path = client.batchesPath
const ask = (method: string, rest = '', options: Parameters<typeof call>[3] = {}): Promise<ApiAnswer> =>
  call(caller.stack, method, `${path}${rest}`, { key: caller.key, ...options })
const create = (requests: unknown, options: Parameters<typeof call>[3] = {}) =>
  ask('POST', '', { body: { requests }, ...options })
const make = (contents: readonly string[], key = caller.key) => client.makeBatch(caller.stack, key, contents)
const plan = (one: BatchPlan) => control().planBatches(one, 1)
const settled = () => client.untilSettled(caller.stack, caller.key)
const messageOf = ({ body }: ApiAnswer) => String(Object(body.error).message)
const never: BatchPlan = { endsAfterMs: null }

/** The provider's own id of the newest batch, to end it. */
async function endNewest(): Promise<void> {
  const newest = (await control().batches()).at(-1)
  if (newest === undefined) throw new Error('there is no batch')
  await control().endBatch(newest.id)
}

/** Moves a batch into the past. */
const age = (id: string, hours: number) =>
  runOnStore(
    caller.stack.environment.DATABASE_URL ?? '',
    `update batches set created_at_ms = created_at_ms - ${hours * 3_600_000}, next_poll_at_ms = 0 where id = '${id}'`,
  )

describe('a batch', () => {
  it('is charged what the provider billed, to the microcredit, whether or not anybody asks for it', async () => {
    // Broken off, doubled, in another order each time, and nowhere at the first looks.
    await plan({ isLineDoubled: true, isReshuffled: true, cutAfterLines: 12, hiddenLooks: 2 })
    const before = await balanceOf(caller.stack, caller.key)
    const endings = ['', 'batch:errored', 'batch:expired', 'batch:canceled', 'cache-read=5000', 'cache-write-1h=900']
    const id = await make(
      Array.from({ length: 48 }, (_, at) => `no. ${at} [[sandbox: tokens=${5 + at} ${endings[at % 6]}]]`),
    )
    await settled()
    const billed = await control().billedItems()
    expect(billed).toHaveLength(24)
    const due = billed.reduce((sum, item) => sum + client.trueBatchCharge(item), 0)
    expect(client.microcreditsOf(before) - client.microcreditsOf(await balanceOf(caller.stack, caller.key))).toBe(due)
    // Each for itself, too, and by the name of the batch and the request's place in it.
    for (const item of billed.slice(0, 4)) {
      const record = await caller.record(`req_${item.customId.replace('-', '_')}`)
      expect(record).toMatchObject({ endpoint: 'messages.batch', ending: 'completed', estimated: false })
      expect(Math.round(Number(record.charge) * 1_000_000)).toBe(client.trueBatchCharge(item))
    }
    const counts = { processing: 0, succeeded: 24, errored: 8, canceled: 8, expired: 8 }
    expect((await client.batchOf(caller.stack, caller.key, id)).body).toMatchObject({ request_counts: counts })
  })

  it('has its results under our host and the client’s own ids, once each, and not before its end', async () => {
    await plan({ ...never, isLineDoubled: true })
    const id = await make(['one', 'two', 'three'])
    const early = await ask('GET', `/${id}/results`)
    expect([early.status, messageOf(early)]).toEqual([400, `Batch ${id} has not ended: it has no results yet.`])
    expect((await ask('DELETE', `/${id}`)).status).toBe(400)
    expect((await client.batchOf(caller.stack, caller.key, id)).body).toMatchObject({
      ...{ processing_status: 'in_progress', results_url: null, ended_at: null },
      request_counts: { processing: 3, succeeded: 0 },
    })
    await endNewest()
    await settled()
    const { body } = await client.batchOf(caller.stack, caller.key, id)
    expect(body.results_url).toBe(`${caller.stack.url}${path}/${id}/results`)
    const results = await client.resultsOf(caller.stack, caller.key, id)
    expect(results.map(({ custom_id: name }) => name).toSorted()).toEqual(['mine-0', 'mine-1', 'mine-2'])
    const sent = (await control().batches()).at(-1)
    expect(sent?.customIds.some((name) => name.includes('mine'))).toBe(false)
    expect(results.find(({ custom_id: name }) => name === 'mine-1')?.result.message?.content[0]?.text).toContain('two')
    expect((await ask('DELETE', `/${id}`)).body).toEqual({ id, type: 'message_batch_deleted' })
    for (const [method, rest] of [
      ['GET', ''],
      ['GET', '/results'],
      ['POST', '/cancel'],
      ['DELETE', ''],
    ] as const)
      expect((await ask(method, `/${id}${rest}`)).status).toBe(404)
    expect((await control().batches()).some(({ id: upstreamId }) => upstreamId === sent?.id)).toBe(false)
  })

  it('is listed in pages, newest first, forth and back', async () => {
    const { userKey: key } = await buyCredits(caller.stack, caller.partner, 10)
    const ids: string[] = []
    for (let at = 0; at < 5; at += 1) {
      ids.unshift(await make(['hi'], key))
      await client.untilSettled(caller.stack, key)
    }
    const page = async (query: string) => (await ask('GET', query, { key })).body
    const idsOf = ({ data }: ApiAnswer['body']) => (data as { id: string }[]).map(({ id }) => id)
    const first = await page('?limit=2')
    expect([idsOf(first), first.has_more, first.first_id, first.last_id]).toEqual([
      ids.slice(0, 2),
      true,
      ids[0],
      ids[1],
    ])
    const second = await page(`?limit=2&after_id=${ids[1]}`)
    expect([idsOf(second), second.has_more]).toEqual([ids.slice(2, 4), true])
    expect(idsOf(await page(`?limit=2&after_id=${ids[3]}`))).toEqual([ids[4]])
    expect(idsOf(await page(`?limit=2&before_id=${ids[3]}`))).toEqual([ids[1], ids[2]])
    expect(await page('?after_id=msgbatch_no')).toMatchObject({ error: { type: 'not_found' } })
  })

  it('is canceled: what was answered by then is paid, the rest is not', async () => {
    await plan(never)
    const before = await balanceOf(caller.stack, caller.key)
    const id = await make(Array.from({ length: 6 }, (_, at) => `no. ${at}`))
    const canceled = await ask('POST', `/${id}/cancel`)
    expect(canceled.body).toMatchObject({ processing_status: 'canceling', cancel_initiated_at: expect.any(String) })
    await settled()
    const { body } = await client.batchOf(caller.stack, caller.key, id)
    expect(body).toMatchObject({ request_counts: { succeeded: 3, canceled: 3 }, processing_status: 'ended' })
    const due = (await control().billedItems()).reduce((sum, item) => sum + client.trueBatchCharge(item), 0)
    expect(client.microcreditsOf(before) - client.microcreditsOf(await balanceOf(caller.stack, caller.key))).toBe(due)
    expect((await ask('POST', `/${id}/cancel`)).body).toMatchObject({ processing_status: 'ended' })
  })

  it('whose answers have no count is charged by what they say, at most what was held', async () => {
    const before = await balanceOf(caller.stack, caller.key)
    await make(['Say it [[sandbox: batch:no-usage tokens=40]]'])
    const { held } = await balanceOf(caller.stack, caller.key)
    await settled()
    const charged = before.balance - (await balanceOf(caller.stack, caller.key)).balance
    const [billed] = await control().billedItems()
    if (billed === undefined) throw new Error('nothing was billed')
    expect(charged).toBeLessThanOrEqual(held)
    expect(charged * 1_000_000).toBeGreaterThan(client.trueBatchCharge(billed) / 2)
    expect(await caller.record(`req_${billed.customId.replace('-', '_')}`)).toMatchObject({ estimated: true })
  })
})

describeRefusedBatches(() => caller)
describeOpenaiBatches(() => caller)

describe('a batch whose sending was not answered', () => {
  it('is found by its own lines at the provider, and charged', async () => {
    await plan({ isCreateAnswerLost: true })
    const before = await balanceOf(caller.stack, caller.key)
    const id = await make(['one', 'two'])
    await settled()
    const due = (await control().billedItems()).reduce((sum, item) => sum + client.trueBatchCharge(item), 0)
    expect(due).toBeGreaterThan(0)
    expect(client.microcreditsOf(before) - client.microcreditsOf(await balanceOf(caller.stack, caller.key))).toBe(due)
    expect(await client.resultsOf(caller.stack, caller.key, id)).toHaveLength(2)
  })

  it('is given back after 25 hours where the provider has none, and not before', async () => {
    await plan({ createFailure: 500 })
    const before = await balanceOf(caller.stack, caller.key)
    const id = await make(['one', 'two'])
    await age(id, 24)
    await new Promise((wait) => setTimeout(wait, 500))
    expect((await balanceOf(caller.stack, caller.key)).held).toBeGreaterThan(0)
    await age(id, 1.1)
    await settled()
    expect(await balanceOf(caller.stack, caller.key)).toEqual(before)
    const { body } = await client.batchOf(caller.stack, caller.key, id)
    expect(body).toMatchObject({ processing_status: 'ended', request_counts: { expired: 2, processing: 0 } })
    expect((await client.resultsOf(caller.stack, caller.key, id)).map(({ result }) => result.type)).toEqual([
      ...['expired', 'expired'],
    ])
  })
})

describe('a batch belongs to its user in its app', () => {
  it('and to nobody else on any route, whichever of the user’s keys there asks', async () => {
    const otherApp = caller.stack.createPartner({ name: 'Another app' })
    const { userKey: otherUser } = await buyCredits(caller.stack, caller.partner, 1)
    const { userKey: elsewhere } = await buyCredits(caller.stack, otherApp, 1)
    const { key: second } = await makeKey(caller.stack, caller.key, { name: 'third' })
    const id = await make(['one'], second)
    for (const key of [otherUser, elsewhere]) {
      for (const [method, rest] of [
        ['GET', ''],
        ['GET', '/results'],
        ['POST', '/cancel'],
        ['DELETE', ''],
      ] as const) {
        const there = await ask(method, `/${id}${rest}`, { key })
        const nowhere = await ask(method, `/${id.slice(0, -3)}zzz${rest}`, { key })
        expect([there.status, messageOf(there).replace(id, '')]).toEqual([404, 'There is no batch .'])
        expect(nowhere.status).toBe(404)
      }
      expect((await ask('GET', '', { key })).body).toMatchObject({ data: [] })
      expect((await ask('GET', `?after_id=${id}`, { key })).status).toBe(404)
    }
    expect((await client.batchOf(caller.stack, caller.key, id)).status).toBe(200)
    await settled()
  })
})

describe('a batch is looked after by the key that made it', () => {
  it('and waits for it where it was taken away, uncharged', async () => {
    await plan(never)
    const before = await balanceOf(caller.stack, caller.key)
    const id = await make(['one'])
    await endNewest()
    await control().failKey(caller.stack.sandbox.providers.apiKey, 401)
    await new Promise((wait) => setTimeout(wait, 600))
    expect((await balanceOf(caller.stack, caller.key)).held).toBeGreaterThan(0)
    expect(caller.stack.output()).toContain('a batch is stranded')
    await control().failKey(caller.stack.sandbox.providers.apiKey, 0)
    await age(id, 0)
    await settled()
    expect((await balanceOf(caller.stack, caller.key)).balance).toBeLessThan(before.balance)
  })

  it('also after the operator has rotated keys, with KEPT=off, in a suspended app, for a key that was revoked', async () => {
    const { stack, key } = caller
    const url = stack.environment.DATABASE_URL ?? ''
    await control().planBatches(never, 2)
    const before = await balanceOf(stack, key)
    const { key: second, id: secondId } = await makeKey(stack, key, { name: 'second' })
    const kept = await make(['one'], second)
    const lost = await make(['two'])
    await endNewest()
    const old = stack.environment.ANTHROPIC_API_KEY
    const restartWith = async (environment: Readonly<Record<string, string>>) => {
      await stack.kill('SIGKILL')
      Object.assign(stack.environment, environment)
      await stack.restart()
      for (const id of [kept, lost]) await age(id, 0)
    }
    await restartWith({ ANTHROPIC_API_KEY: `${old}-b` })
    await until(async () => stack.output().includes(`"batchId":"${lost}"`))
    // After 30 days there is nothing to be had any more.
    await age(lost, 31 * 24)
    await until(async () => (await ask('DELETE', `/${lost}`)).status === 200)
    await runOnStore(url, `update keys set revoked_at_ms = 1 where id = '${secondId}'`)
    await runOnStore(url, `update partners set is_active = 0 where id = '${caller.partner.id}'`)
    await restartWith({ ANTHROPIC_API_KEY: `${old}-b,${old}`, KEPT: 'off' })
    const off = await ask('GET', `/${kept}`)
    expect([off.status, messageOf(off)]).toEqual([404, expect.stringContaining('KEPT=off')])
    expect((await create(client.requestsOf(['x']))).status).toBe(404)
    for (const { id } of await control().batches()) await control().endBatch(id)
    await settled()
    expect((await balanceOf(stack, key)).balance).toBeLessThan(before.balance)
    await runOnStore(url, `update partners set is_active = 1 where id = '${caller.partner.id}'`)
  })
})
