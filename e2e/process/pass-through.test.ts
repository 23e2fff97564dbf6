import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { balanceOf, call, direct, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'

let caller: Caller
let before: { readonly balance: number; readonly held: number }

beforeAll(async () => {
  caller = await startCaller()
})
beforeEach(async () => {
  await caller.stack.sandbox.providers.control.clear()
  before = await balanceOf(caller.stack, caller.key)
})
afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true })
  await caller.stack.close()
})

const body = { model: 'claude-sonnet-4', max_tokens: 20, messages: [{ role: 'user', content: 'Hi' }] }
const post = (headers: Record<string, string>, more: object = {}, path = '/v1/messages') =>
  call(caller.stack, 'POST', path, { headers, body: { ...body, ...more } })

/** What may stand in a header, by name. */
const credentials: Readonly<Record<string, () => string | null>> = {
  'a good OpenCredits key': () => caller.key,
  'a bad OpenCredits key': () => 'oc_sk_nobody',
  'a good Anthropic key': () => caller.stack.sandbox.providers.apiKey,
  'a bad Anthropic key': () => 'sk-ant-nobody',
  nothing: () => null,
}

/** Status and payer by what stands in `x-opencredits-key` and in the header beside it. */
const matrix: readonly (readonly [custom: string, beside: string, status: number, billedTo: string | null])[] = [
  ['a good OpenCredits key', 'a good OpenCredits key', 400, null],
  ['a good OpenCredits key', 'a bad OpenCredits key', 400, null],
  ['a good OpenCredits key', 'a good Anthropic key', 200, 'passthrough'],
  ['a good OpenCredits key', 'a bad Anthropic key', 401, 'passthrough'],
  ['a good OpenCredits key', 'nothing', 401, null],
  ['a bad OpenCredits key', 'a good OpenCredits key', 400, null],
  ['a bad OpenCredits key', 'a bad OpenCredits key', 400, null],
  ['a bad OpenCredits key', 'a good Anthropic key', 401, null],
  ['a bad OpenCredits key', 'a bad Anthropic key', 401, null],
  ['a bad OpenCredits key', 'nothing', 401, null],
  ['a good Anthropic key', 'a good OpenCredits key', 400, null],
  ['a good Anthropic key', 'a good Anthropic key', 401, null],
  ['a good Anthropic key', 'nothing', 401, null],
  ['nothing', 'a bad OpenCredits key', 401, null],
  ['nothing', 'a good Anthropic key', 401, null],
  ['nothing', 'nothing', 401, null],
]
const places = ['authorization', 'x-api-key', 'x-user-key'] as const
const cases = matrix.flatMap(([custom, beside, status, billedTo]) =>
  places.map((place) => {
    // In our own header a foreign credential is taken for a key that shall pay.
    const isOwnHeader = place === 'x-user-key' && custom !== 'nothing' && beside.includes('Anthropic')
    return { custom, beside, place, status: isOwnHeader ? 400 : status, billedTo: isOwnHeader ? null : billedTo }
  }),
)

describe('pass-through never touches a credit', () => {
  it.each(cases)('$custom, and $beside in $place: $status', async ({ custom, beside, place, status, billedTo }) => {
    const headers: Record<string, string> = {}
    const key = credentials[custom]?.() ?? null
    const other = credentials[beside]?.() ?? null
    if (key !== null) headers['x-opencredits-key'] = `Bearer ${key}`
    if (other !== null) headers[place] = place === 'authorization' ? `Bearer ${other}` : other
    const answer = await post(headers)
    expect([answer.status, answer.headers.get('opencredits-billed-to')]).toEqual([status, billedTo])
    expect(await balanceOf(caller.stack, caller.key)).toEqual(before)
    expect((await caller.calls()).length).toBe(billedTo === null ? 0 : 1)
  })

  it('sends the credential to Anthropic as it came, and no key of ours', async () => {
    await post({
      'x-opencredits-key': caller.key,
      authorization: `Bearer ${caller.stack.sandbox.providers.apiKey}`,
      'anthropic-beta': 'oauth-2025-04-20,some-beta-2026-01-01',
      cookie: 'a=b',
    })
    const headers = (await caller.lastCall())?.headers ?? {}
    expect(headers.authorization).toBe(`Bearer ${caller.stack.sandbox.providers.apiKey}`)
    expect(headers['anthropic-beta']).toBe('oauth-2025-04-20,some-beta-2026-01-01')
    expect(Object.keys(headers)).not.toContain('cookie')
    expect(JSON.stringify(headers)).not.toContain('oc_sk_')
  })

  it('gives Anthropic’s error back as it is, stream or not', async () => {
    for (const stream of [false, true]) {
      const answer = await post(
        { 'x-opencredits-key': caller.key, 'x-api-key': caller.stack.sandbox.providers.apiKey },
        { stream, messages: [{ role: 'user', content: 'Hi [[sandbox: status=429 retry-after=9]]' }] },
      )
      expect(answer.status).toBe(429)
      expect(answer.headers.get('retry-after')).toBe('9')
      expect(answer.body).toMatchObject({
        type: 'error',
        error: { message: 'The stand-in answers 429 as it was told.' },
      })
    }
    expect(await balanceOf(caller.stack, caller.key)).toEqual(before)
  })

  it('streams, and the row tells what was used and that nothing was charged', async () => {
    const anthropic = new Anthropic({
      baseURL: direct(caller.stack),
      apiKey: caller.stack.sandbox.providers.apiKey,
      defaultHeaders: { 'x-opencredits-key': `Bearer ${caller.key}` },
    })
    const stream = anthropic.messages.stream({ ...body, messages: [{ role: 'user', content: 'Hi' }] })
    expect((await stream.finalMessage()).usage.output_tokens).toBe(20)
    const { response } = await stream.withResponse()
    // The row is written when the call is over, which its client sees first.
    await expect
      .poll(() => caller.record(response.headers.get('request-id')))
      .toMatchObject({ billed_to: 'passthrough', charge: 0, referral_share: 0, tokens: { output: 20 } })
  })

  it.each([
    ['another provider’s model', '/v1/messages', { model: 'openai/gpt-4o' }],
    ['another provider’s model by its bare name', '/v1/messages', { model: 'gpt-4o' }],
    ['an endpoint of another format', '/v1/chat/completions', {}],
    ['an endpoint without words', '/v1/embeddings', {}],
  ])('refuses %s before anything is sent', async (_label, path, more) => {
    const answer = await post(
      { 'x-opencredits-key': caller.key, 'x-api-key': caller.stack.sandbox.providers.apiKey },
      more,
      path,
    )
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.body)).toContain('Nothing was billed')
    expect(await caller.calls()).toEqual([])
  })

  it('counts tokens with the same credential', async () => {
    const { max_tokens: _limit, ...question } = body
    const answer = await call(caller.stack, 'POST', '/v1/messages/count_tokens', {
      headers: { 'x-opencredits-key': caller.key, 'x-api-key': caller.stack.sandbox.providers.apiKey },
      body: question,
    })
    expect([answer.status, Number(answer.body.input_tokens) > 0]).toEqual([200, true])
  })
})

describe('GET /v1/credits/route', () => {
  const ask = async (headers: Record<string, string>) =>
    (await call(caller.stack, 'GET', '/v1/credits/route', { headers })).body

  it('says who would pay', async () => {
    expect(await ask({ 'x-api-key': caller.key })).toMatchObject({ billed_to: 'credits', error: null })
    expect(await ask({ 'x-api-key': 'sk-ant-x', 'x-opencredits-key': caller.key })).toMatchObject({
      billed_to: 'passthrough',
      provider: 'anthropic',
    })
  })

  it.each<[string, () => Record<string, string>, number]>([
    ['no key', () => ({}), 401],
    ['a pass-through key alone', () => ({ 'x-opencredits-key': caller.key }), 401],
    ['a wrong key', () => ({ 'x-api-key': 'oc_sk_nobody' }), 401],
    ['two that could pay', () => ({ 'x-user-key': caller.key, 'x-api-key': 'sk-ant-x' }), 400],
  ])('says that nobody would, and why: %s', async (_label, headers, status) => {
    expect(await ask(headers())).toMatchObject({ billed_to: 'nobody', error: { status, message: expect.any(String) } })
  })
})
