import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dayMs, fixedClock, hourMs, minuteMs, secondMs } from '../kernel/clock.ts'
import { createPepper } from '../keys/pepper.ts'
import { createLogger } from '../logger.ts'
import { createPartner } from '../partners/save-partner.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { recordEvent } from '../webhook-events/record-event.ts'
import { changeEndpoint, createEndpoint } from '../webhooks/manage-endpoints.ts'
import type { EventPost, PostOutcome } from '../webhooks/post-event.ts'
import { replayMissed, retryDelivery } from '../webhooks/requeue-deliveries.ts'
import { deliverWebhooks } from './deliver-webhooks.ts'
import { purgeExpired } from './purge-expired.ts'

const pepper = createPepper('a pepper')
const by = { actor: { kind: 'cli', id: null } } as const
const ok: PostOutcome = { status: 200, error: null, responseHead: 'thanks', retryAfterMs: null }
const answered = (status: number): PostOutcome => ({ ...ok, status, error: `answered ${status}` })

let store: TestDatabase
let partnerId: string
let clock: ReturnType<typeof fixedClock>
let posts: EventPost[]
let outcomes: string[]
/** What the endpoints answer. */
let answer: (post: EventPost) => PostOutcome | Promise<PostOutcome>

beforeEach(async () => {
  store = await openTestDatabase()
  clock = fixedClock()
  posts = []
  outcomes = []
  answer = () => ok
  partnerId = await addPartner()
})
afterEach(() => store.close())

async function addPartner(): Promise<string> {
  const deps = { db: store.db, pepper, shareBasisPointsMax: 10_000 }
  const terms = { name: 'App', email: 'maker@example.com', shareBasisPoints: 0, allowedModels: null, origins: [] }
  return (await createPartner(deps, { ...terms, logoUrl: null, accentColor: null, isActive: true }, 1)).id
}

const depsOf = (serverId: string) => ({
  ...{ db: store.db, clock, pepper, logger: createLogger('silent'), inFlight: { isAdmitting: true } },
  onDelivery: (outcome: string) => void outcomes.push(outcome),
  self: { serverId, hostName: 'here', processId: 1 },
  eventPoster: {
    post: async (post: EventPost) => {
      posts.push(post)
      return answer(post)
    },
    close: async () => {},
  },
})
const run = (serverId = 'srv_1') => deliverWebhooks(depsOf(serverId))

async function addEndpoint(url = 'https://hooks.example/a'): Promise<string> {
  const creation = { partnerId, endpoint: { url, description: null, events: null }, pepper, by }
  const made = await transact(store.db, (transaction) => createEndpoint(transaction, creation, clock.nowMs()))
  return made.endpoint.id
}

const happen = async (cause: string) => (await happenAll([cause]))[0]
const happenAll = (causes: readonly string[]) =>
  transact(store.db, async (transaction) => {
    const ids: (string | null)[] = []
    for (const cause of causes) {
      const of = { type: 'key.revoked', partnerId, userId: 'usr_1', cause } as const
      ids.push(await recordEvent(transaction, { ...of, data: { key_id: cause } }, clock.nowMs()))
    }
    return ids
  })
const keys = (count: number) => Array.from({ length: count }, (_, index) => `key_${index}`)
const deliveries = () => store.db.selectFrom('webhook_deliveries').selectAll().orderBy('created_at_ms').execute()
const states = async () => (await deliveries()).map(({ state }) => state)
const endpoint = () => store.db.selectFrom('webhook_endpoints').selectAll().executeTakeFirstOrThrow()
const mails = () => store.db.selectFrom('mail_outbox').select(['kind']).execute()

/** Lets attempts that are due be made, at most so many times. */
async function wait(totalMs: number, stepMs: number): Promise<void> {
  for (let waited = 0; waited < totalMs; waited += stepMs) {
    clock.advance(stepMs)
    await run()
  }
}

describe('the job of webhooks', () => {
  it('sends an event once, with the same id at each attempt, until it is taken', async () => {
    await addEndpoint()
    const id = await happen('key_1')
    answer = () => answered(500)
    await run()
    await run()
    expect(posts).toHaveLength(1)
    answer = () => ok
    await wait(10 * secondMs, secondMs)
    expect(posts.map(({ headers }) => headers['webhook-id'])).toEqual([id, id])
    expect(posts[0]?.body).toBe(posts[1]?.body)
    expect(JSON.parse(posts[0]?.body ?? '')).toEqual({
      type: 'key.revoked',
      timestamp: new Date(1_800_000_000_000).toISOString(),
      data: { livemode: true, user: expect.stringMatching(/^pu_[0-9a-f]{32}$/), key_id: 'key_1' },
    })
    expect(await deliveries()).toMatchObject([{ state: 'delivered', attempts: 2, last_status: 200, last_error: null }])
    const attempts = await store.db.selectFrom('webhook_attempts').selectAll().orderBy('attempt').execute()
    expect(attempts).toMatchObject([
      { attempt: 1, status: 500, error: 'answered 500' },
      { attempt: 2, status: 200, error: null, response_head: 'thanks' },
    ])
    expect(JSON.parse(attempts[1]?.request_headers ?? '')).toEqual(posts[1]?.headers)
    expect(outcomes).toEqual(['retried', 'delivered'])
  })

  it('sends a delivery again that was asked for while an attempt was under way, whatever came of that', async () => {
    await addEndpoint()
    await happen('key_1')
    const [{ id: deliveryId = '' } = {}] = await deliveries()
    answer = async () => {
      answer = () => ok
      await transact(store.db, (transaction) => retryDelivery(transaction, { deliveryId, partnerId }, clock.nowMs()))
      return ok
    }
    await run()
    await wait(2 * secondMs, secondMs)
    expect([...(await states()), posts.length, ...outcomes]).toEqual(['delivered', 2, 'superseded', 'delivered'])
  })

  it('makes each attempt once, whichever of two servers comes', async () => {
    await addEndpoint()
    await happenAll(keys(30))
    await Promise.all([run('srv_1'), run('srv_2'), run('srv_1')])
    expect(new Set(posts.map(({ headers }) => headers['webhook-id'])).size).toBe(30)
    expect(posts).toHaveLength(30)
  })

  it('goes on with what a dead server had claimed', async () => {
    await addEndpoint()
    await happen('key_1')
    await store.db
      .updateTable('webhook_deliveries')
      .set({ attempts: 1, next_at_ms: clock.nowMs() + 30_000 })
      .execute()
    await run('srv_2')
    expect(posts).toHaveLength(0)
    clock.advance(31_000)
    await run('srv_2')
    expect(await deliveries()).toMatchObject([{ state: 'delivered', attempts: 2 }])
  })

  it('lets a slow endpoint delay no other, and gives it two requests at once', async () => {
    const slow = await addEndpoint('https://slow.example/')
    // More than the job looks at at a time.
    await happenAll(keys(150))
    const fast = await addEndpoint('https://fast.example/')
    const held = Promise.withResolvers<void>()
    let atOnce = 0
    let atOnceMost = 0
    answer = async ({ url }) => {
      if (!url.includes('slow')) return ok
      atOnce += 1
      atOnceMost = Math.max(atOnce, atOnceMost)
      await held.promise
      atOnce -= 1
      return answered(410)
    }
    clock.advance(1)
    await happen('key_last')
    const running = run()
    await expect.poll(() => posts.filter(({ url }) => url.includes('fast')).length).toBe(1)
    expect(posts.filter(({ url }) => url.includes('slow'))).toHaveLength(2)
    held.resolve()
    await running
    expect(atOnceMost).toBe(2)
    const sent = (await deliveries()).filter(({ endpoint_id, attempts }) => endpoint_id === slow && attempts > 0)
    expect(sent.length).toBeLessThanOrEqual(4)
    expect((await deliveries()).filter(({ endpoint_id }) => endpoint_id === fast)).toMatchObject([
      { state: 'delivered' },
    ])
  })

  it('lets ten slow endpoints of one app delay no other app', async () => {
    for (const [index] of keys(10).entries()) await addEndpoint(`https://slow.example/${index}`)
    await happenAll(keys(15))
    partnerId = await addPartner()
    await addEndpoint('https://fast.example/')
    clock.advance(1)
    await happen('key_last')
    const held = Promise.withResolvers<PostOutcome>()
    answer = ({ url }) => (url.includes('slow') ? held.promise : ok)
    const running = run()
    await expect.poll(() => posts.filter(({ url }) => url.includes('fast')).length).toBe(1)
    expect(posts.filter(({ url }) => url.includes('slow'))).toHaveLength(6)
    held.resolve(ok)
    await running
    expect(new Set(await states())).toEqual(new Set(['delivered']))
    expect(posts).toHaveLength(151)
  })
})

describe('an endpoint', () => {
  it('that answers 410 is disabled at once: what is pending is skipped, and its partner gets a mail', async () => {
    await addEndpoint()
    answer = () => answered(410)
    await happen('key_1')
    await run()
    await happen('key_2')
    expect(await endpoint()).toMatchObject({ state: 'disabled', disabled_reason: 'gone' })
    expect(await states()).toEqual(['failed', 'skipped'])
    expect(await mails()).toEqual([{ kind: 'webhook_disabled' }])
    await run()
    expect(posts).toHaveLength(1)
  })

  it('that fails twenty events in a row for half an hour is disabled, and a short outage disables nothing', async () => {
    await addEndpoint()
    answer = () => answered(503)
    await happenAll(keys(25))
    await run()
    await wait(10 * minuteMs, minuteMs)
    expect(await endpoint()).toMatchObject({ state: 'enabled', consecutive_failures: 0 })
    await wait(hourMs, 5 * minuteMs)
    expect(await endpoint()).toMatchObject({ state: 'disabled', disabled_reason: 'failed_events' })
    expect(new Set(await states())).toEqual(new Set(['skipped']))
  })

  it('that takes one in between goes on', async () => {
    await addEndpoint()
    answer = () => answered(503)
    await happenAll(keys(19))
    await run()
    await wait(hourMs, 5 * minuteMs)
    expect(await endpoint()).toMatchObject({ state: 'enabled', consecutive_failures: 19 })
    answer = () => ok
    await happen('key_good')
    await run()
    expect(await endpoint()).toMatchObject({ state: 'enabled', consecutive_failures: 0, failing_since_ms: null })
  })

  it('to which nothing could be delivered for three days is disabled', async () => {
    await addEndpoint()
    answer = () => answered(500)
    await happen('key_1')
    await run()
    await wait(3.9 * dayMs, 2 * hourMs)
    expect(await endpoint()).toMatchObject({ state: 'disabled', disabled_reason: 'nothing_delivered' })
    expect(posts.length).toBeGreaterThanOrEqual(9)
    expect(posts.length).toBeLessThanOrEqual(10)
  })

  it('that is enabled again gets what it has missed by a replay, the time named included', async () => {
    const endpointId = await addEndpoint()
    answer = () => answered(410)
    await happen('key_1')
    await run()
    clock.advance(hourMs)
    const sinceMs = clock.nowMs()
    await happen('key_2')
    answer = () => ok
    const replay = { endpointId, partnerId, sinceMs, by }
    const replayed = () => transact(store.db, (transaction) => replayMissed(transaction, replay, clock.nowMs()))
    await expect(replayed()).rejects.toMatchObject({ code: 'conflict' })
    const change = { endpointId, partnerId, changes: { enabled: true }, by }
    await transact(store.db, (transaction) => changeEndpoint(transaction, change, clock.nowMs()))
    expect(await replayed()).toBe(1)
    await run()
    expect(await states()).toEqual(['failed', 'delivered'])
    const [first] = await deliveries()
    const retry = { deliveryId: first?.id ?? '', partnerId }
    await transact(store.db, (transaction) => retryDelivery(transaction, retry, clock.nowMs()))
    await run()
    expect(await states()).toEqual(['delivered', 'delivered'])
    const foreign = { ...retry, partnerId: 'par_other' }
    await expect(
      transact(store.db, (transaction) => retryDelivery(transaction, foreign, clock.nowMs())),
    ).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('what is kept of webhooks', () => {
  it('goes after thirty days, but not what is still to be sent', async () => {
    await addEndpoint()
    await happen('key_old')
    await run()
    clock.advance(2 * dayMs)
    await happen('key_young')
    await happen('key_pending')
    await store.db.updateTable('webhook_deliveries').set({ created_at_ms: 0 }).where('state', '=', 'pending').execute()
    clock.advance(28.5 * dayMs)
    const counts = async () =>
      Promise.all(
        (['webhook_events', 'webhook_deliveries', 'webhook_attempts'] as const).map(
          async (table) => (await store.db.selectFrom(table).select('id').execute()).length,
        ),
      )
    expect(await counts()).toEqual([3, 3, 1])
    while ((await purgeExpired(store.db, clock.nowMs())) > 0);
    expect(await counts()).toEqual([2, 2, 0])
  })
})
