import type Stripe from 'stripe'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../index.ts'
import { embeddedSession, startWebhookReceiver, stripeClient, type WebhookReceiver } from '../test-webhook-receiver.ts'

let sandbox: Sandbox
let stripe: Stripe
let receiver: WebhookReceiver

beforeEach(async () => {
  sandbox = await startSandbox({ webhookRetryDelaysMs: [5, 5, 5] })
  stripe = stripeClient(sandbox)
  receiver = await startWebhookReceiver(sandbox.stripe.webhookSecret)
  sandbox.stripe.setWebhookUrl(receiver.url)
})

afterEach(async () => {
  await sandbox.close()
  await receiver.close()
})

async function paidSession(): Promise<string> {
  const { id } = await stripe.checkout.sessions.create(embeddedSession)
  await sandbox.stripe.control.pay(id)
  return id
}

describe('webhooks', () => {
  it('are signed, carry the object as it was, and are told by the API as well', async () => {
    const id = await paidSession()
    await sandbox.stripe.control.webhooksSettled()
    const event = receiver.events.find(({ type }) => type === 'checkout.session.completed')
    expect(event).toMatchObject({
      object: 'event',
      api_version: '2026-10-28.endive',
      livemode: false,
      data: { object: { id, payment_status: 'paid', amount_total: 1000, currency: 'usd' } },
    })
    expect(await stripe.events.retrieve(event?.id ?? '')).toEqual(expect.objectContaining({ id: event?.id }))
    const listed = await stripe.events.list({ types: ['checkout.session.completed'] })
    expect(listed.data.map((one) => one.id)).toEqual([event?.id])
    expect((await stripe.events.list({ type: 'checkout.session.*' })).data).toHaveLength(1)
    expect((await stripe.events.list({ created: { gt: Math.floor(Date.now() / 1000) + 10 } })).data).toEqual([])
    await expect(stripe.events.list({ type: 'a', types: ['b'] })).rejects.toMatchObject({ param: 'types' })
  })

  it('are sent again until they are taken, and no more', async () => {
    receiver.statuses.push(500, 503)
    await sandbox.stripe.control.holdWebhooks()
    await paidSession()
    await sandbox.stripe.control.releaseWebhooks()
    await sandbox.stripe.control.webhooksSettled()
    const ids = receiver.events.map(({ id }) => id)
    expect(ids).toHaveLength(6)
    expect(new Set(ids).size).toBe(4)
    const statuses = (await sandbox.stripe.control.deliveries()).map(({ status }) => status)
    expect([...statuses].sort()).toEqual([200, 200, 200, 200, 500, 503])
  })

  it('are given up after the last try', async () => {
    await receiver.close()
    await paidSession()
    await sandbox.stripe.control.webhooksSettled()
    expect(await sandbox.stripe.control.deliveries()).toHaveLength(4 * 4)
  })

  it('are held and released in the order that is asked for', async () => {
    await sandbox.stripe.control.holdWebhooks()
    await paidSession()
    expect(receiver.events).toEqual([])
    await sandbox.stripe.control.releaseWebhooks('newest_first')
    expect(receiver.types()).toEqual([
      'checkout.session.completed',
      'payment_intent.succeeded',
      'charge.succeeded',
      'payment_intent.created',
    ])
  })

  it('are dropped, and can be sent again later, many times at once', async () => {
    await sandbox.stripe.control.dropWebhooks(true)
    const id = await paidSession()
    await sandbox.stripe.control.dropWebhooks(false)
    expect(receiver.events).toEqual([])
    expect(await sandbox.stripe.control.resend(id, { times: 20 })).toEqual(Array.from({ length: 20 }, () => 200))
    expect(new Set(receiver.events.map((event) => event.id)).size).toBe(1)
    await sandbox.stripe.control.emitAgain('checkout.session.completed', id)
    await sandbox.stripe.control.webhooksSettled()
    expect(new Set(receiver.events.map((event) => event.id)).size).toBe(2)
  })

  it('are multiplied, delayed and reordered', async () => {
    await sandbox.stripe.control.shapeWebhooks({ copies: 3, together: 2 })
    await paidSession()
    await sandbox.stripe.control.webhooksSettled()
    expect(receiver.events).toHaveLength(4 * 3)

    receiver.events.length = 0
    await sandbox.stripe.control.shapeWebhooks({ reorderWithinMs: 30 })
    await paidSession()
    await sandbox.stripe.control.webhooksSettled()
    expect(receiver.types()[0]).toBe('checkout.session.completed')
    expect(receiver.types()).toHaveLength(4)

    receiver.events.length = 0
    await sandbox.stripe.control.shapeWebhooks({ delayMs: 150 })
    await paidSession()
    expect(receiver.events).toEqual([])
    await sandbox.stripe.control.webhooksSettled()
    expect(receiver.events).toHaveLength(4)
  })

  it.each(['forged', 'stale', 'unsigned', 'other_body'] as const)(
    'with a signature that is %s are refused',
    async (fault) => {
      const id = await paidSession()
      await sandbox.stripe.control.webhooksSettled()
      expect(await sandbox.stripe.control.resendBadly(id, fault)).toBe(400)
      expect(receiver.refused).toHaveLength(1)
      await expect(sandbox.stripe.control.resendBadly('cs_test_none', fault)).rejects.toThrow('no event')
    },
  )

  it('go to registered endpoints too, signed with their own secrets, for the types they want', async () => {
    const endpoint = await stripe.webhookEndpoints.create({
      url: 'http://127.0.0.1:9/unused',
      enabled_events: ['checkout.session.completed'],
    })
    const own = await startWebhookReceiver(String(endpoint.secret))
    await stripe.webhookEndpoints.update(endpoint.id, { url: own.url })
    await paidSession()
    await sandbox.stripe.control.webhooksSettled()
    expect(own.types()).toEqual(['checkout.session.completed'])
    const listed = await stripe.webhookEndpoints.list()
    expect(listed.data).toMatchObject([{ id: endpoint.id, url: own.url, status: 'enabled' }])
    expect(listed.data[0]?.secret).toBeUndefined()
    expect(await stripe.webhookEndpoints.del(endpoint.id)).toMatchObject({ deleted: true })
    await paidSession()
    await sandbox.stripe.control.webhooksSettled()
    expect(own.events).toHaveLength(1)
    await own.close()
  })
})

describe('the control over HTTP', () => {
  const call = (method: string, ...args: unknown[]) =>
    fetch(`${sandbox.stripe.apiBase}/_sandbox/control`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ method, args }),
    })

  it('does what the control in the process does', async () => {
    const { id } = await stripe.checkout.sessions.create(embeddedSession)
    expect(await (await call('pay', id, '4242424242424242')).json()).toEqual({ result: 'complete' })
    expect(await (await call('record')).json()).toMatchObject({ result: { payments: [{ sessionId: id, paid: 1000 }] } })
    expect(await (await call('dropWebhooks', true)).json()).toEqual({ result: null })
  })

  it('says what it does not know, and why it refuses', async () => {
    expect((await call('nonsense')).status).toBe(404)
    expect((await call('constructor')).status).toBe(404)
    const refused = await call('pay', 'cs_test_none')
    expect([refused.status, await refused.json()]).toEqual([400, { error: 'there is no session: cs_test_none' }])
    const notJson = await fetch(`${sandbox.stripe.apiBase}/_sandbox/control`, {
      method: 'POST',
      body: '{"method":"record"}',
    })
    expect(notJson.status).toBe(404)
  })
})
