import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { giveConsent, withdrawConsent } from '../../packages/server/src/keys/consents.ts'
import { issueUserKey } from '../../packages/server/src/keys/issue-key.ts'
import { issuePartnerKey } from '../../packages/server/src/keys/issue-partner-key.ts'
import { createPepper } from '../../packages/server/src/keys/pepper.ts'
import { webhookBodySchema } from '../../packages/server/src/reference/describe-webhooks.ts'
import { webhookCalls } from '../../packages/server/src/reference/webhook-operations.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import type { WebhookEventType } from '../../packages/server/src/webhook-events/event-data.ts'
import { recordEvent } from '../../packages/server/src/webhook-events/record-event.ts'
import { runDocsBlock } from '../run-docs-block.ts'
import type { AnotherServer, PartnerKeys, Stack } from '../stack.ts'
import { type ApiAnswer, buyCredits, call, until, verifyLedger } from './api-client.ts'
import { openPeopleStore, type PeopleStore } from './people-store.ts'
import { startProcessStack } from './process-stack.ts'
import { walletEnvironment } from './wallets.ts'
import { type ReceivedWebhook, startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts'
import { docsBlock, loadVerifiers } from './webhook-verifiers.ts'

/** Webhooks of two servers on one store, to a partner's server that verifies them as the documentation says. */
let stack: Stack
let other: AnotherServer
let partner: PartnerKeys
let receiver: WebhookReceiver
let store: PeopleStore
const pepper = createPepper(walletEnvironment.KEY_PEPPER)
let verifiers: Awaited<ReturnType<typeof loadVerifiers>>

beforeAll(async () => {
  stack = await startProcessStack({ ...walletEnvironment, WEBHOOK_ALLOW_PRIVATE: '1' })
  other = await stack.startAnother()
  partner = stack.createPartner()
  receiver = await startWebhookReceiver()
  store = openPeopleStore(stack)
  verifiers = await loadVerifiers()
}, 60_000)

afterAll(async () => {
  await receiver.close()
  verifiers.close()
  await store.close()
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
  expect(stack.output()).not.toMatch(/whsec_|oc_[rs]k_|@example\.com|127\.0\.0\.1:\d+\/(hook|slow)/)
  await stack.close()
})

const api = async (method: string, path: string, body?: object, key = partner.secret_key): Promise<ApiAnswer> => {
  const headers = { authorization: `Bearer ${key}` }
  const answer = await call(stack, method, `/v1/partner/${path}`, { headers, ...(body === undefined ? {} : { body }) })
  return asTold(method, `/v1/partner/${path}`, answer)
}

/** A good answer has what the reference tells of it, and nothing else. */
function asTold(method: string, path: string, answer: ApiAnswer): ApiAnswer {
  const template = path.replace(/\?.*/, '').replace(/wh[de]_\w+/, '{id}')
  const told = webhookCalls.find((one) => one.method === method.toLowerCase() && one.path === template)?.answer
  if (answer.status < 300) expect(told?.parse(answer.body)).toEqual(answer.body)
  return answer
}

interface AddedEndpoint {
  readonly id: string
  readonly secret: string
}

async function addEndpoint(path: string, events: readonly WebhookEventType[] | null = null): Promise<AddedEndpoint> {
  const { status, body } = await api('POST', 'webhook_endpoints', { url: receiver.url + path, events })
  expect({ status, ...body }).toMatchObject({ status: 201, app: partner.id, livemode: true })
  return { id: String(body.id), secret: String(body.secret) }
}

const readOnlyKey = () =>
  transact(store.db, async (transaction) => {
    const key = {
      partnerId: partner.id,
      livemode: true,
      name: 'Reads',
      scopes: ['usage:read'],
      expiresAtMs: null,
    } as const
    const by = { actor: { kind: 'cli', id: null } } as const
    return (await issuePartnerKey(transaction, { key, pepper, by }, Date.now())).secret
  })

const at = (path: string, type?: WebhookEventType) =>
  receiver.received.filter((one) => one.path === path && (type === undefined || one.type === type))

async function arrived(path: string, type: WebhookEventType): Promise<ReceivedWebhook> {
  await until(async () => at(path, type).length > 0)
  const webhook = at(path, type).at(-1)
  if (webhook === undefined) throw new Error(`no ${type} came`)
  return webhook
}

/** What is said has the schema of the description, and nothing of a person. */
function dataOf({ type, body }: ReceivedWebhook): Record<string, unknown> {
  expect(body).not.toMatch(/@|oc_[a-z]k_|usr_|whsec_/)
  return webhookBodySchema(type as WebhookEventType).parse(JSON.parse(body)).data as Record<string, unknown>
}

const refuses = (webhook: ReceivedWebhook, secret: string) =>
  Object.values(verifiers.byName).every((verify) => {
    try {
      verify(webhook, secret)
      return false
    } catch {
      return true
    }
  })

describe('an endpoint', () => {
  it('is added as the documentation says, and what comes is verified by its three verifiers', async () => {
    const block = docsBlock((_marks, language) => language === 'sh')
    const code = block.code.replace('oc_rk_…', partner.secret_key).replace('https://app.example', receiver.url)
    const printed = await runDocsBlock({ ...block, code }, { stack, partner, userKey: '' })
    const { id, secret } = JSON.parse(printed)
    const { sessionId, userKey } = await buyCredits(stack, partner, 10)
    const webhook = await arrived('/webhooks', 'purchase.completed')
    for (const [name, verify] of Object.entries(verifiers.byName))
      expect(verify(webhook, secret), name).toEqual(JSON.parse(webhook.body))
    expect(refuses({ ...webhook, body: webhook.body.replace('1000', '9000') }, secret)).toBe(true)
    const late = String(Number(webhook.headers['webhook-timestamp']) - 400)
    expect(refuses({ ...webhook, headers: { ...webhook.headers, 'webhook-timestamp': late } }, secret)).toBe(true)
    const data = dataOf(webhook)
    expect(data).toMatchObject({ amount_minor: 1000, credits: '1000', credits_microcredits: 1_000_000_000 })
    await stack.sandbox.stripe.control.refund(sessionId, 250)
    expect(dataOf(await arrived('/webhooks', 'purchase.refunded'))).toMatchObject({
      ...{ user: data.user, purchase_id: data.purchase_id, amount_minor: 250, credits: '250', status: 'succeeded' },
    })
    const { data: keys } = (await call(stack, 'GET', '/v1/keys', { key: userKey })).body as { data: { id: string }[] }
    // The endpoint takes two types; this one takes all.
    await api('PATCH', `webhook_endpoints/${id}`, { events: null })
    await call(stack, 'DELETE', `/v1/keys/${keys[0]?.id}`, { key: userKey })
    expect(dataOf(await arrived('/webhooks', 'key.revoked'))).toMatchObject({ user: data.user, key_id: keys[0]?.id })
    await stack.sandbox.stripe.control.dispute(sessionId)
    expect(dataOf(await arrived('/webhooks', 'purchase.disputed'))).toMatchObject({ purchase_id: data.purchase_id })
    expect((await api('DELETE', `webhook_endpoints/${id}`)).body).toEqual({ id, deleted: true })
  })

  it('hears of connecting, of credits that run low in a call, and of cutting off', async () => {
    const endpoint = await addEndpoint('/people')
    const userId = await store.give('someone@example.com', 20)
    const key = await transact(store.db, async (transaction) => {
      const limits = { budget: null, window: 'total', models: null, expires_at: null } as const
      const consent = { partnerId: partner.id, limits, by: { userId } }
      const { id: consentId } = await giveConsent(transaction, consent, Date.now())
      const of = { userId, partnerId: partner.id, livemode: true, consentId, source: 'login' } as const
      return issueUserKey(transaction, pepper, of, Date.now())
    })
    const { user } = dataOf(await arrived('/people', 'user.connected'))
    const messages = [{ role: 'user', content: 'a secret prompt' }]
    const body = { model: 'gpt-4o', max_tokens: 20, messages }
    expect((await call(stack, 'POST', '/v1/chat/completions', { key: key.secret, body })).status).toBe(200)
    expect(dataOf(await arrived('/people', 'balance.low'))).toEqual({
      ...{ livemode: true, user, level: 'low', remaining_budget: null },
    })
    await transact(store.db, (transaction) =>
      withdrawConsent(transaction, { partnerId: partner.id, by: { userId } }, Date.now()),
    )
    expect(dataOf(await arrived('/people', 'user.disconnected'))).toMatchObject({ user, reason: 'withdrawn' })
    await arrived('/people', 'key.revoked')
    expect(JSON.stringify(at('/people'))).not.toContain('secret prompt')
    await api('DELETE', `webhook_endpoints/${endpoint.id}`)
  })

  it('gets both signatures while its secret is rolled, and one of them from then on', async () => {
    const { id, secret } = await addEndpoint('/rolled')
    const rolled = await api('POST', `webhook_endpoints/${id}/roll`, { grace_seconds: 600 })
    expect(rolled.body.old_secret_until).toEqual(expect.any(Number))
    await api('POST', `webhook_endpoints/${id}/ping`)
    const both = await arrived('/rolled', 'ping')
    for (const one of [secret, String(rolled.body.secret)]) verifiers.byName.library(both, one)
    const again = await api('POST', `webhook_endpoints/${id}/roll`, {})
    await api('POST', `webhook_endpoints/${id}/ping`)
    await until(async () => at('/rolled').length === 2)
    const webhook = await arrived('/rolled', 'ping')
    expect([secret, String(rolled.body.secret)].map((one) => refuses(webhook, one))).toEqual([true, true])
    verifiers.byName.node(webhook, String(again.body.secret))
    await api('DELETE', `webhook_endpoints/${id}`)
  })

  it('is one of ten, of its own app, at an address that may be, for a key with the scope', async () => {
    const { id } = await addEndpoint('/own')
    const stranger = stack.createPartner({ name: 'Another' })
    const asStranger = (method: string, path: string, body?: object) => api(method, path, body, stranger.secret_key)
    for (const [method, path, body] of [
      ['PATCH', `webhook_endpoints/${id}`, { enabled: false }],
      ['DELETE', `webhook_endpoints/${id}`],
      ['POST', `webhook_endpoints/${id}/roll`, {}],
      ['POST', `webhook_endpoints/${id}/ping`],
      ['POST', `webhook_endpoints/${id}/replay`, { since: 0 }],
      ['GET', `webhook_deliveries?endpoint=${id}`],
    ] as const)
      expect(await asStranger(method, path, body), path).toMatchObject({ status: 404 })
    expect((await asStranger('GET', 'webhook_endpoints')).body).toEqual({ app: stranger.id, livemode: true, data: [] })
    expect((await asStranger('GET', 'webhook_events')).body).toMatchObject({ data: [] })
    const refused = await asStranger('POST', 'webhook_endpoints', { url: 'ftp://127.0.0.1/' })
    expect(refused).toMatchObject({ status: 400, body: { error: { param: 'url' } } })
    const unscoped = await api('GET', 'webhook_endpoints', undefined, await readOnlyKey())
    expect(unscoped).toMatchObject({ status: 403, body: { error: { type: 'insufficient_scope' } } })
    const more = await Promise.all(
      Array.from({ length: 11 }, () => asStranger('POST', 'webhook_endpoints', { url: receiver.url })),
    )
    expect(more.map(({ status }) => status).toSorted()).toEqual([...Array(10).fill(201), 409])
    await api('DELETE', `webhook_endpoints/${id}`)
  })
})

describe('the delivery', () => {
  const recordAll = (causes: readonly string[]) =>
    transact(store.db, async (transaction) => {
      for (const cause of causes) {
        const of = { type: 'key.revoked', partnerId: partner.id, userId: 'usr_1', cause } as const
        await recordEvent(transaction, { ...of, data: { key_id: cause } }, Date.now())
      }
    })
  const deliveriesTo = async (id: string) =>
    (await api('GET', `webhook_deliveries?endpoint=${id}&limit=200`)).body.data as {
      readonly id: string
      readonly state: string
      readonly attempts: readonly { readonly status: number | null; readonly response_head: string | null }[]
    }[]

  it('makes each attempt once on two servers, and a slow endpoint delays no other', async () => {
    const slow = await addEndpoint('/slow')
    const many = await addEndpoint('/many')
    const release = receiver.hold('/slow')
    await recordAll(Array.from({ length: 40 }, (_, index) => `key_${index}`))
    await until(async () => at('/many').length >= 40)
    expect(at('/slow')).toHaveLength(2)
    expect(new Set(at('/many').map(({ id }) => id)).size).toBe(40)
    await until(async () => (await deliveriesTo(many.id)).every(({ state }) => state === 'delivered'))
    expect(at('/many')).toHaveLength(40)
    receiver.answers.set('/slow', { status: 410, body: 'gone, oc_sk_secret123 of ada@example.com' })
    release()
    await until(async () => (await deliveriesTo(slow.id)).every(({ state }) => state !== 'pending'))
    const { data } = (await api('GET', 'webhook_endpoints')).body as { data: { id: string }[] }
    expect(data.find(({ id }) => id === slow.id)).toMatchObject({ enabled: false, disabled_reason: 'gone' })
    const failed = (await api('GET', `webhook_deliveries?endpoint=${slow.id}&state=failed`)).body
    expect(failed).toMatchObject({
      data: [{ attempts: [{ status: 410, response_head: 'gone, [key] of [e-mail]' }] }, {}],
    })
    await until(async () => stack.mails().includes(`Webhooks to ${new URL(receiver.url).host} have stopped`))
    // Enabled again, it gets what it has missed; the command line does the same.
    receiver.answers.delete('/slow')
    await api('PATCH', `webhook_endpoints/${slow.id}`, { enabled: true })
    const since = Math.ceil(Date.now() / 1000) + 60
    const none = await api('POST', `webhook_endpoints/${slow.id}/replay`, { since })
    expect(none.body).toEqual({ replayed: 0, has_more: false })
    const webhooks = (...args: readonly string[]) => JSON.parse(stack.cli('partner', 'webhooks', ...args, '--json'))
    expect(webhooks('replay', partner.id, slow.id, '--since', '2020-01-01')).toEqual({ replayed: 40 })
    await until(async () => (await deliveriesTo(slow.id)).every(({ state }) => state === 'delivered'))
    const [first] = await deliveriesTo(slow.id)
    const before = at('/slow').length
    await api('POST', `webhook_deliveries/${first?.id}/retry`)
    await until(async () => at('/slow').length === before + 1)
    for (const { id } of [slow, many]) await api('DELETE', `webhook_endpoints/${id}`)
  })

  it('of what happened just before a server was killed, and during an attempt, is made by the other', async () => {
    const { id } = await addEndpoint('/hook')
    await api('POST', `webhook_endpoints/${id}/ping`)
    await arrived('/hook', 'ping')
    // In flight at whoever has the lease.
    const release = receiver.hold('/hook')
    await recordAll(['key_in_flight'])
    await until(async () => at('/hook', 'key.revoked').length === 1)
    const holder = await store.db
      .selectFrom('job_leases')
      .innerJoin('servers', 'servers.id', 'job_leases.server_id')
      .select('servers.process_id')
      .where('job_leases.name', '=', 'webhooks')
      .executeTakeFirstOrThrow()
    const killed = holder.process_id === other.processId() ? other : stack
    await killed.kill('SIGKILL')
    release()
    // The cause, by a process that ends right after it.
    stack.cli('partner', 'update', partner.id, '--active', 'no')
    // What the survivor would wait for: half a minute.
    await store.db.updateTable('job_leases').set({ until_ms: 0 }).where('name', '=', 'webhooks').execute()
    await store.db.updateTable('webhook_deliveries').set({ next_at_ms: 0 }).where('state', '=', 'pending').execute()
    await arrived('/hook', 'app.suspended')
    await until(async () => at('/hook', 'key.revoked').length === 2)
    const [one, two] = at('/hook', 'key.revoked')
    expect([one?.id, one?.body]).toEqual([two?.id, two?.body])
  })
})
