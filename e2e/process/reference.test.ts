import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ownAccountCalls } from '../../packages/server/src/reference/account-operations.ts'
import { claimCalls } from '../../packages/server/src/reference/claim-operations.ts'
import { operations } from '../../packages/server/src/reference/operations.ts'
import { createTestAuthenticator } from '../../packages/server/src/sessions/test-authenticator.ts'
import { type ApiAnswer, balanceOf, buyCredits, call, direct, until } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { signInSession } from './session-client.ts'
import { fromFrame } from './sign-in.ts'

/** The description of the API against the server that it describes: an answer has what is told of it, and nothing else. */

let caller: Caller

beforeAll(async () => {
  caller = await startCaller({ METRICS_TOKEN: 'a-token-for-the-figures', BATCH_POLL_MS: '50' })
})
afterAll(() => caller.stack.close())

type Asked = Parameters<typeof call>[3]

async function answersAsTold(method: string, told: string, asked: Asked = {}, path = told): Promise<ApiAnswer> {
  const operation = operations.find((one) => one.path === told && one.method === method)
  const answer = await call(caller.stack, method.toUpperCase(), path, { key: caller.key, ...asked })
  expect(answer.status, JSON.stringify(answer.body)).toBe(operation?.status ?? 200)
  expect(operation?.answer?.parse(answer.body)).toEqual(answer.body)
  seen.add(`${method} ${told}`)
  return answer
}

function formOf(purpose: string, content: string, headers: Readonly<Record<string, string>> = {}) {
  const field = `--x\r\ncontent-disposition: form-data; name="purpose"\r\n\r\n${purpose}\r\n`
  const file = `--x\r\ncontent-disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n${content}\r\n--x--\r\n`
  return { headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x' }, body: `${field}${file}` }
}

const seen = new Set<string>()
const messages = [{ role: 'user', content: 'Hi' }]

describe('what is told of answers', () => {
  it('is so of models, with and without anthropic-version', async () => {
    for (const headers of [{}, { 'anthropic-version': '2023-06-01' }]) {
      await answersAsTold('get', '/v1/models', { headers })
      await answersAsTold('get', '/v1/models/{id}', { headers }, '/v1/models/openai/gpt-4o')
    }
    await answersAsTold('post', '/v1/messages/count_tokens', { body: { model: 'claude-sonnet-4', messages } })
  })

  it('is so of a kept response, its input and its end', async () => {
    const { body } = await call(caller.stack, 'POST', '/v1/responses', {
      key: caller.key,
      body: { model: 'claude-sonnet-4', input: 'Hi' },
    })
    await answersAsTold('get', '/v1/responses/{id}', {}, `/v1/responses/${body.id}`)
    await answersAsTold('get', '/v1/responses/{id}/input_items', {}, `/v1/responses/${body.id}/input_items?limit=1`)
    await answersAsTold('delete', '/v1/responses/{id}', {}, `/v1/responses/${body.id}`)
  })

  it('is so of batches, which end by themselves or early', async () => {
    const path = '/v1/messages/batches'
    const requests = [{ custom_id: 'a', params: { model: 'claude-sonnet-4', max_tokens: 50, messages } }]
    await answersAsTold('post', path, { body: { requests } })
    await answersAsTold('get', path)
    await caller.stack.sandbox.providers.control.planBatches({ endsAfterMs: null }, 2)
    const { body: early } = await answersAsTold('post', path, { body: { requests } })
    await answersAsTold('post', `${path}/{id}/cancel`, {}, `${path}/${early.id}/cancel`)
    const stateOf = () => answersAsTold('get', `${path}/{id}`, {}, `${path}/${early.id}`)
    await until(async () => (await stateOf()).body.processing_status === 'ended')
    await until(async () => (await balanceOf(caller.stack, caller.key)).held === 0)
    await answersAsTold('delete', `${path}/{id}`, {}, `${path}/${early.id}`)

    const url = '/v1/chat/completions'
    const line = JSON.stringify({ custom_id: 'a', method: 'POST', url, body: { model: 'gpt-4o', messages } })
    const { body: file } = await call(caller.stack, 'POST', '/v1/files', { key: caller.key, ...formOf('batch', line) })
    const body = { input_file_id: file.id, endpoint: url, completion_window: '24h' }
    const { body: batch } = await answersAsTold('post', '/v1/batches', { body })
    await answersAsTold('get', '/v1/batches')
    await answersAsTold('get', '/v1/batches/{id}', {}, `/v1/batches/${batch.id}`)
    await answersAsTold('post', '/v1/batches/{id}/cancel', {}, `/v1/batches/${batch.id}/cancel`)
  })

  it('is so of a file, in both dialects', async () => {
    for (const dialect of [{}, { 'anthropic-version': '2023-06-01' }]) {
      const sent = formOf('user_data', 'words', dialect)
      const { body } = await answersAsTold('post', '/v1/files', sent)
      await answersAsTold('get', '/v1/files', { headers: dialect })
      await answersAsTold('get', '/v1/files/{id}', { headers: dialect }, `/v1/files/${body.id}`)
      await answersAsTold('delete', '/v1/files/{id}', { headers: dialect }, `/v1/files/${body.id}`)
    }
  })

  it('is so of credits: settled, released and passed-through calls, purchases, prices', async () => {
    const settled = await caller.chat('Hi')
    const failed = await caller.chat('[[sandbox: status=500]]')
    const passed = await call(caller.stack, 'POST', '/v1/messages', {
      headers: { 'x-opencredits-key': caller.key, 'x-api-key': caller.stack.sandbox.providers.apiKey },
      body: { model: 'claude-sonnet-4', max_tokens: 50, messages },
    })
    for (const { headers } of [settled, failed, passed]) {
      await answersAsTold('get', '/v1/credits/requests/{id}', {}, `/v1/credits/requests/${headers.get('request-id')}`)
    }
    await answersAsTold('get', '/v1/credits/history')
    await answersAsTold('get', '/v1/credits/balance')
    await answersAsTold('get', '/v1/credits', {}, '/v1/credits?currency=eur')
    await answersAsTold('get', '/v1/credits/route')
    await answersAsTold('get', '/v1/credits/route', { key: 'oc_sk_nobody' })
    const { publishable_key } = caller.partner
    const query = `publishable_key=${publishable_key}&models=gpt-4o`
    await answersAsTold('get', '/v1/credits/pricing', {}, `/v1/credits/pricing?${query},gpt-4o-mini`)
    const listed = await answersAsTold(
      'get',
      '/v1/credits/pricing',
      {},
      `/v1/credits/pricing?${query}&models=gpt-4o-mini`,
    )
    expect(listed.body.models).toHaveLength(2)
    await answersAsTold('post', '/v1/credits/pricing', { body: { publishable_key } })
  })

  it('is so of a checkout, open and complete', async () => {
    const body = { publishable_key: caller.partner.publishable_key, amount: 5 }
    for (const mode of ['embedded', 'new_tab'] as const) {
      const { body: opened } = await answersAsTold('post', '/v1/checkout/sessions', { body: { ...body, mode } })
      const path = `/v1/checkout/sessions/${opened.session_id}`
      await answersAsTold('get', '/v1/checkout/sessions/{id}', {}, path)
    }
    const origin = 'https://app.example'
    const { publishable_key } = caller.stack.createPartner({ origins: [origin] })
    const page = `publishable_key=${publishable_key}&origin=${origin}`
    await answersAsTold('get', '/v1/checkout/preflight', {}, `/v1/checkout/preflight?${page}`)
    const { userKey: key, sessionId } = await buyCredits(caller.stack, caller.partner, 5)
    await answersAsTold('get', '/v1/checkout/sessions/{id}', { key }, `/v1/checkout/sessions/${sessionId}`)
  })

  it('is so of signing in, of keys and of signing out', async () => {
    const body = { publishable_key: caller.partner.publishable_key, email: 'reader@example.com' }
    const { body: login } = await answersAsTold('post', '/v1/login/codes', { body })
    const code = await caller.stack.codeFor('reader@example.com')
    const guest = await buyCredits(caller.stack, caller.partner, 5)
    const verified = { key: guest.userKey, headers: fromFrame(caller.stack), body: { login_id: login.login_id, code } }
    const { body: asked } = await answersAsTold('post', '/v1/login/verify', verified)
    const consent = { consent_id: asked.consent_id, budget: 5, window: 'day', models: null, expires_at: 4_000_000_000 }
    const key = String((await answersAsTold('post', '/v1/login/consent', { body: consent })).body.user_key)
    await answersAsTold('get', '/v1/me', { key })
    const keys = await answersAsTold('get', '/v1/keys', { key })
    const [own] = keys.body.data as readonly { readonly id: string }[]
    await answersAsTold('get', '/v1/credits/history', { key })
    await answersAsTold('delete', '/v1/keys/{id}', { key }, `/v1/keys/${own?.id}`)
    const other = await buyCredits(caller.stack, caller.partner, 5)
    expect((await call(caller.stack, 'POST', '/v1/logout', { key: other.userKey })).status).toBe(204)
  })

  it('is so of signing in on our own pages, by code and by passkey', async () => {
    const { stack } = caller
    const page = fromFrame(stack)
    const email = 'first@example.com'
    const { body: login } = await answersAsTold('post', '/v1/session/codes', { headers: page, body: { email } })
    const first = { login_id: login.login_id, code: await stack.codeFor(email) }
    await answersAsTold('post', '/v1/session', { headers: page, body: first })
    const own = { headers: await signInSession(stack, 'owner@example.com') }
    const phone = { headers: await signInSession(stack, 'owner@example.com') }
    await answersAsTold('get', '/v1/session', own)
    const { body: list } = await answersAsTold('get', '/v1/sessions', own)
    const passkey = createTestAuthenticator({ origin: stack.url, id: new URL(stack.url).hostname })
    const challenge = ({ body }: ApiAnswer) => String((body.options as { challenge: string }).challenge)
    const adding = await answersAsTold('post', '/v1/session/passkeys/options', { ...own, body: {} })
    const added = { challenge_id: adding.body.challenge_id, response: passkey.register(challenge(adding)) }
    await answersAsTold('post', '/v1/session/passkeys', { ...own, body: added })
    await answersAsTold('get', '/v1/session/passkeys', own)
    const asked = await answersAsTold('post', '/v1/session/passkey/options', { headers: page, body: {} })
    const used = { challenge_id: asked.body.challenge_id, response: passkey.answer(challenge(asked)) }
    await answersAsTold('post', '/v1/session/passkey', { headers: page, body: used })
    await answersAsTold('delete', '/v1/session/passkeys/{id}', own, `/v1/session/passkeys/${passkey.id}`)
    const other = (list.data as { id: string; is_current: boolean }[]).find(({ is_current }) => !is_current)
    await answersAsTold('delete', '/v1/sessions/{id}', own, `/v1/sessions/${other?.id}`)
    expect((await call(stack, 'GET', '/v1/session', phone)).status).toBe(401)
    expect((await call(stack, 'DELETE', '/v1/session', own)).status).toBe(204)
  })

  it('is so of the state of the server', async () => {
    await answersAsTold('get', '/v1/health')
    await answersAsTold('get', '/v1/health/live')
    const figures = await fetch(`${direct(caller.stack)}/metrics`, {
      headers: { authorization: 'Bearer a-token-for-the-figures' },
    })
    expect(figures.headers.get('content-type')).toMatch(/^text\/plain/)
  })

  it('was tried for every operation that tells of one, but for Stripe’s, which Stripe has to sign', () => {
    // What is always refused has no good answer.
    const isAnswered = ({ answer }: { readonly answer?: unknown }) =>
      answer !== undefined && !(answer instanceof z.ZodNever)
    // Those of the account page are tried in `account.test.ts`, claims in `claims.test.ts`, an app's in `reference-partner.test.ts`.
    const told = operations
      .filter((one) => isAnswered(one) && ![...ownAccountCalls, ...claimCalls].includes(one))
      .filter(({ path }) => !path.startsWith('/v1/partner/'))
      .map(({ method, path }) => `${method} ${path}`)
    expect(told.filter((one) => !seen.has(one))).toEqual(['post /webhooks/stripe'])
  })
})

describe('the documentation', () => {
  const at = (path: string) => fetch(`${direct(caller.stack)}${path}`)

  it('is pages that run only scripts of this server, and those in the page by their hash', async () => {
    for (const path of ['/docs', '/docs/', '/docs/quick-start', '/docs/clients/claude-code', '/docs/nowhere']) {
      const page = await at(path)
      expect([path, page.status]).toEqual([path, path.endsWith('nowhere') ? 404 : 200])
      const policy = page.headers.get('content-security-policy') ?? ''
      expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'sha256-/)
      expect(policy).not.toMatch(/unsafe|https?:/)
      expect(await page.text()).not.toMatch(/ style="| on[a-z]+="/)
    }
  })

  it('gives the reference no script but its own, and no other server to call', async () => {
    const policy = (await at('/docs/reference/')).headers.get('content-security-policy')
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("connect-src 'self';")
    expect(policy).toContain("img-src 'self' data:;")
  })

  it('serves nothing beside the site', async () => {
    for (const path of ['inline-scripts.json', '..%2finline-scripts.json', '..%2f..%2fpackage.json', 'snippets/page'])
      expect((await at(`/docs/${path}`)).status, path).toBeGreaterThanOrEqual(400)
  })

  it('keeps files whose name has their hash for a year', async () => {
    const [file] = /\/docs\/assets\/app\.[\w-]+\.js/.exec(await (await at('/docs/')).text()) ?? []
    expect((await at(file ?? '')).headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  })
})
