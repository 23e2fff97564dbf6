import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PartnerKeys, Stack } from '../stack.ts'
import { balanceOf, buyCredits, call, direct, until, verifyLedger } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'
import { signInTo } from './sign-in.ts'

/** An app that is switched off: its keys and its sales end, and its users keep everything. */

let stack: Stack
let app: PartnerKeys
let userKey: string
let paidLateSession: string
let prices: string

beforeAll(async () => {
  stack = await startProcessStack()
  app = stack.createPartner()
  userKey = (await buyCredits(stack, app, 10)).userKey
  const opened = await call(stack, 'POST', '/v1/checkout/sessions', {
    key: userKey,
    body: { publishable_key: app.publishable_key, amount: 5 },
  })
  paidLateSession = String(opened.body.session_id)
  prices = `/v1/credits/pricing?publishable_key=${app.publishable_key}`
  stack.cli('partner', 'update', app.id, '--active', 'no')
  // What a server knows of a partner is older than the change for two seconds at most.
  await until(async () => (await say('/v1/chat/completions')).status === 403)
  await until(async () => (await call(stack, 'GET', prices, {})).status === 403)
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(stack)).toMatchObject({ ok: true })
  await stack.close()
})

const messages = [{ role: 'user' as const, content: 'Hi' }]
const say = (path: string, body: object = {}, headers: Record<string, string> = { 'x-user-key': userKey }) =>
  call(stack, 'POST', path, { headers, body: { model: 'claude-sonnet-4', max_tokens: 20, messages, ...body } })
const upstreamCalls = async () => (await stack.sandbox.providers.control.calls()).length

describe('a call with a key of a suspended app', () => {
  it.each([
    ['/v1/chat/completions', {}],
    ['/v1/chat/completions', { stream: true }],
    ['/v1/responses', { input: 'Hi', messages: undefined, max_tokens: undefined }],
    ['/v1/embeddings', { model: 'text-embedding-3-small', input: 'Hi', messages: undefined, max_tokens: undefined }],
  ])('%s %j is refused in OpenAI’s dialect, and nothing is sent or charged', async (path, body) => {
    const before = [await balanceOf(stack, userKey), await upstreamCalls()]
    const answer = await say(path, body)
    expect(answer.status).toBe(403)
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(answer.body).toMatchObject({
      error: { type: 'app_suspended', code: '403', message: expect.stringMatching(/stay yours.*another app/) },
    })
    expect([await balanceOf(stack, userKey), await upstreamCalls()]).toEqual(before)
  })

  it.each([
    ['/v1/messages', {}],
    ['/v1/messages', { stream: true }],
    ['/v1/messages/count_tokens', { max_tokens: undefined }],
  ])('%s %j is refused in Anthropic’s dialect', async (path, body) => {
    const answer = await say(path, body)
    expect(answer.status).toBe(403)
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(answer.body).toMatchObject({ type: 'error', error: { type: 'app_suspended' } })
  })

  it('passes nothing through either', async () => {
    const before = await upstreamCalls()
    const headers = { 'x-opencredits-key': userKey, 'x-api-key': stack.sandbox.providers.apiKey }
    expect(await say('/v1/messages', {}, headers)).toMatchObject({ status: 403 })
    expect(await upstreamCalls()).toBe(before)
    const route = await call(stack, 'GET', '/v1/credits/route', { headers })
    expect(route.body).toMatchObject({ billed_to: 'nobody', error: { status: 403, type: 'app_suspended' } })
  })

  it('is a refusal that the clients neither repeat nor hide', async () => {
    const openai = new OpenAI({ baseURL: `${direct(stack)}/v1`, apiKey: userKey })
    await expect(openai.chat.completions.create({ model: 'gpt-4o', messages })).rejects.toMatchObject({ status: 403 })
    const anthropic = new Anthropic({ baseURL: direct(stack), apiKey: userKey })
    await expect(
      anthropic.messages.create({ model: 'claude-sonnet-4', max_tokens: 20, messages }),
    ).rejects.toMatchObject({ status: 403, message: expect.stringContaining('suspended') })
  })
})

describe('a sale of a suspended app', () => {
  it('is refused before Stripe is asked, for guests and users', async () => {
    const { sessions } = await stack.sandbox.stripe.control.record()
    for (const headers of [{}, { 'x-user-key': userKey }] as Record<string, string>[]) {
      const answer = await call(stack, 'POST', '/v1/checkout/sessions', {
        headers,
        body: { publishable_key: app.publishable_key, amount: 10 },
      })
      expect(answer).toMatchObject({ status: 403, body: { error: { type: 'app_suspended' } } })
    }
    expect((await stack.sandbox.stripe.control.record()).sessions).toHaveLength(sessions.length)
  })

  it('has no prices', async () =>
    expect(await call(stack, 'GET', prices, {})).toMatchObject({
      status: 403,
      body: { error: { type: 'app_suspended' } },
    }))
})

describe('a user of a suspended app', () => {
  it('gets the credits of a checkout that was open, sees all there is, and spends it in another app', async () => {
    await stack.sandbox.stripe.control.pay(paidLateSession)
    await until(async () => (await balanceOf(stack, userKey)).balance === 1500)
    const history = await call(stack, 'GET', '/v1/credits/history', { key: userKey })
    expect(history.body.total).toBe(2)
    expect((await call(stack, 'GET', '/v1/me', { key: userKey })).status).toBe(200)

    const email = 'owner@example.com'
    expect((await signInTo(stack, app, email, { key: userKey })).balance).toBe(1500)
    const elsewhere = await signInTo(stack, stack.createPartner({ name: 'Another app' }), email)
    const answer = await say('/v1/chat/completions', {}, { 'x-user-key': elsewhere.userKey })
    expect([answer.status, answer.headers.get('opencredits-billed-to')]).toEqual([200, 'credits'])
  })

  it('goes on where the app is resumed', async () => {
    stack.cli('partner', 'update', app.id, '--active', 'yes')
    await until(async () => (await say('/v1/chat/completions')).status === 200)
  })
})
