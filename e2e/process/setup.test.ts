import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setupCalls } from '../../packages/server/src/reference/setup-operations.ts'
import type { PartnerKeys, Stack } from '../stack.ts'
import { buyCredits, call, until } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts'

/** What a developer watches while they integrate: five steps, and what the server sees of their app. */
let stack: Stack
let app: PartnerKeys
let receiver: WebhookReceiver

beforeAll(async () => {
  stack = await startProcessStack({ WEBHOOK_ALLOW_PRIVATE: '1' })
  app = stack.createPartner({ name: 'My app', origins: ['https://app.example'] })
  receiver = await startWebhookReceiver()
}, 60_000)

afterAll(async () => {
  await receiver.close()
  await stack.close()
})

const get = async (path: string, of = app) => {
  const { status, body } = await call(stack, 'GET', `/v1/partner/${path}`, {
    headers: { authorization: `Bearer ${of.secret_key}` },
  })
  expect(status).toBe(200)
  const described = setupCalls.find((one) => one.path === `/v1/partner/${path.replace(/\?.*/, '')}`)?.answer
  expect(described?.parse(body)).toEqual(body)
  return body
}
const log = async (of = app) => (await get('setup/log', of)).data as Record<string, unknown>[]
const checks = async (of = app) => {
  const { checks: all } = (await get('setup', of)) as { checks: { step: string; done_at: number | null }[] }
  return all.filter(({ done_at }) => done_at !== null).map(({ step }) => step)
}
const preflight = (origin: string) =>
  call(stack, 'GET', `/v1/checkout/preflight?publishable_key=${app.publishable_key}&origin=${origin}`)
const sees = (entry: object) => until(async () => (await log()).some((one) => isLike(one, entry)))

function isLike(one: Record<string, unknown>, entry: object): boolean {
  return Object.entries(entry).every(([name, value]) => one[name] === value)
}

describe('the guided setup', () => {
  it('says what is missing, names the origin that was refused, and how to add it', async () => {
    expect(await checks()).toEqual(['origin'])
    const { snippet } = await get('setup')
    expect(snippet).toEqual({
      ...{ publishable_key: app.publishable_key, base_url: stack.url },
      ...{ origin: 'https://app.example', model: 'openai/gpt-4o' },
    })
    const page = 'http://localhost:5173'
    await preflight(page)
    await preflight(page)
    const message = `Your page at ${page} is not an allowed origin: add it.`
    await sees({ kind: 'origin_refused', message, allow_origin: page, times: 2, level: 'problem' })
    stack.cli('partner', 'update', app.id, '--origin', 'https://app.example', '--origin', page)
    await until(async () => (await preflight(page)).status === 200)
    await sees({ kind: 'page_seen', subject: page, level: 'good' })
    // It is true no more, so there is nothing left to do about it.
    await sees({ kind: 'origin_refused', allow_origin: null, level: 'info' })
    expect(await checks()).toEqual(['origin', 'sdk'])
  })

  it('sees a purchase, the first call by endpoint and model, and calls that are refused', async () => {
    const { userKey } = await buyCredits(stack, app, 5)
    const ask = (key: string, model: string) => {
      const body = { model, max_tokens: 5, messages: [{ role: 'user', content: 'Hi' }] }
      return call(stack, 'POST', '/v1/chat/completions', { key, body })
    }
    expect((await ask(userKey, 'gpt-4o')).status).toBe(200)
    expect((await ask(userKey, 'no-such-model')).status).toBe(404)
    expect((await ask(app.publishable_key, 'gpt-4o')).status).toBe(401)
    expect((await ask(app.secret_key, 'gpt-4o')).status).toBe(401)
    await sees({ kind: 'checkout_opened', subject: '5 USD' })
    await sees({ kind: 'checkout_paid', subject: '5 USD', level: 'good' })
    await sees({ kind: 'call_paid', subject: 'chat_completions openai/gpt-4o', times: 1 })
    await sees({ kind: 'call_refused', subject: '/v1/chat/completions model_not_found', level: 'problem' })
    await sees({ kind: 'key_misused', subject: 'pk' })
    await sees({ kind: 'key_misused', subject: 'rk' })
    expect(await checks()).toEqual(['origin', 'sdk', 'purchase', 'call'])
  })

  it('sees how a webhook was answered, and is complete', async () => {
    receiver.answers.set('/hook', { status: 500 })
    const headers = { authorization: `Bearer ${app.secret_key}` }
    const endpoints = '/v1/partner/webhook_endpoints'
    const added = await call(stack, 'POST', endpoints, { headers, body: { url: `${receiver.url}/hook` } })
    const ping = () => call(stack, 'POST', `${endpoints}/${added.body.id}/ping`, { headers })
    await ping()
    await sees({ kind: 'webhook_failed', subject: 'answered 500', level: 'problem' })
    receiver.answers.set('/hook', { status: 204 })
    await ping()
    await sees({ kind: 'webhook_answered', subject: '204' })
    expect(await checks()).toEqual(['origin', 'sdk', 'purchase', 'call', 'webhook'])
  })

  it('keeps the worlds apart, and sees keys of one that are sent with the other', async () => {
    const { userKey } = await buyCredits(stack, app, 5)
    const test = { ...app, secret_key: app.test_secret_key }
    const body = { publishable_key: app.test_publishable_key, amount: 5 }
    expect((await call(stack, 'POST', '/v1/checkout/sessions', { key: userKey, body })).status).toBe(400)
    const page = 'http://localhost:5173'
    await call(stack, 'GET', `/v1/checkout/preflight?publishable_key=${app.test_publishable_key}&origin=${page}`)
    await until(async () => (await log(test)).length === 2)
    expect(await log(test)).toMatchObject([
      { kind: 'page_seen', subject: page, times: 1 },
      { kind: 'key_misused', subject: 'other_world', times: 1 },
    ])
    // A page on this machine is allowed in the test world, whatever is registered.
    expect(await checks(test)).toEqual(['origin', 'sdk'])
    const { livemode, test_payment, snippet, go_live } = await get('setup', test)
    expect({ livemode, test_payment, snippet, go_live }).toMatchObject({
      ...{ livemode: false, test_payment: 'built_in', snippet: { publishable_key: app.test_publishable_key } },
      go_live: { publishable_key: app.publishable_key, missing: [] },
    })
  })

  it('is paged, and holds no key, address, e-mail or prompt, and nothing of another app', async () => {
    const all = await log()
    const { data, next } = (await get('setup/log?limit=3')) as { data: unknown[]; next: string }
    const rest = (await get(`setup/log?limit=200&after=${next}`)).data as unknown[]
    expect([...data, ...rest]).toEqual(all)
    expect(JSON.stringify(all)).not.toMatch(/oc_[a-z]{2}_\w|127\.0\.0\.1|@|Hi"/)
    const other = stack.createPartner({ name: 'Another' })
    expect(await log(other)).toEqual([])
    // In the sandbox a page on this machine needs no origin, but none is registered.
    expect(await checks(other)).toEqual([])
  })
})
