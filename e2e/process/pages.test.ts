import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PartnerKeys, Stack } from '../stack.ts'
import { call, direct, until } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'

/** What a server behind TLS answers to browsers: headers of every answer, and which page may ask for a user key. */

const publicUrl = 'https://credits.example'
const ownPage = 'https://app.example'
let stack: Stack
let app: PartnerKeys

beforeAll(async () => {
  stack = await startProcessStack({ PUBLIC_URL: publicUrl })
  app = stack.createPartner({ origins: [ownPage] })
}, 60_000)

afterAll(() => stack.close())

describe('every answer', () => {
  it.each([
    ['a call that is refused before Express', 'POST', '/v1/chat/completions', 401],
    ['the same behind Express', 'POST', '/chat/completions', 401],
    ['a preflight', 'OPTIONS', '/v1/chat/completions', 204],
    ['the models', 'GET', '/v1/models', 200],
    ['the health', 'GET', '/v1/health', 200],
    ['an unknown route', 'GET', '/nowhere', 404],
    ['a webhook that nobody signed', 'POST', '/webhooks/stripe', 400],
    ['the reference', 'GET', '/docs', 200],
    ['a file', 'GET', '/docs/reference/start.js', 200],
    ['a page of the documentation that does not exist', 'GET', '/docs/nowhere', 404],
    ['a checkout that is refused', 'GET', '/checkout?pk=oc_pk_nobody', 403],
  ])('demands TLS of browsers: %s', async (_label, method, path, status) => {
    const { status: answered, headers } = await fetch(`${direct(stack)}${path}`, { method })
    expect(answered).toBe(status)
    expect(headers.get('strict-transport-security')).toBe('max-age=63072000')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toMatch(/no-referrer|strict-origin/)
  })
})

describe('a page that asks for a user key', () => {
  const refusal = { status: 403, body: { error: { type: 'origin_not_allowed' } } }
  const from = (origin: string | null) => (origin === null ? {} : { headers: { origin } })
  const allowed = [ownPage, publicUrl, null]
  const foreign = ['https://evil.example', 'https://app.example.evil.example', 'null', 'http://localhost:3000']

  it('opens a checkout from an origin of the app, from the checkout, and from a server only', async () => {
    const open = (origin: string | null) =>
      call(stack, 'POST', '/v1/checkout/sessions', {
        ...from(origin),
        body: { publishable_key: app.publishable_key, amount: 5 },
      })
    for (const origin of foreign) expect(await open(origin)).toMatchObject(refusal)
    expect((await stack.sandbox.stripe.control.record()).sessions).toEqual([])
    for (const origin of allowed) expect((await open(origin)).body.user_key).toMatch(/^oc_sk_/)
    const refused = await open('https://evil.example')
    expect(JSON.stringify(refused.body)).toContain(`partner update ${app.id} --origin https://evil.example`)
  })

  it('gets a code mailed from such an origin only', async () => {
    const email = 'reader@example.com'
    const ask = (origin: string | null) =>
      call(stack, 'POST', '/v1/login/codes', {
        ...from(origin),
        body: { publishable_key: app.publishable_key, email },
      })
    for (const origin of foreign) expect(await ask(origin)).toMatchObject(refusal)
    expect(stack.mails()).not.toContain(email)
    for (const origin of allowed) expect((await ask(origin)).status).toBe(200)
  })

  it('signs in from such an origin only, and a foreign one spends no try', async () => {
    const email = 'writer@example.com'
    const asked = await call(stack, 'POST', '/v1/login/codes', {
      body: { publishable_key: app.publishable_key, email },
    })
    await until(async () => stack.mails().includes(email))
    const body = { login_id: asked.body.login_id, code: await stack.codeFor(email) }
    const verify = (origin: string) => call(stack, 'POST', '/v1/login/verify', { ...from(origin), body })
    for (const origin of [...foreign, ...foreign]) expect(await verify(origin)).toMatchObject(refusal)
    expect((await verify(ownPage)).body).toMatchObject({ consent_required: true })
    const unknown = { ...body, login_id: 'lgn_nobody' }
    expect(await call(stack, 'POST', '/v1/login/verify', { ...from(foreign[0] ?? ''), body: unknown })).toMatchObject({
      status: 400,
      body: { error: { param: 'login_id' } },
    })
  })
})

describe('the preflight of a page', () => {
  const ask = (query: Record<string, string>) =>
    call(
      stack,
      'GET',
      `/v1/checkout/preflight?${new URLSearchParams({ publishable_key: app.publishable_key, origin: ownPage, ...query })}`,
    )

  it('passes where the checkout’s frame loads; browsers keep that for a minute, and any page may read it', async () => {
    const { status, body, headers } = await ask({})
    expect([status, body]).toEqual([200, { is_sandbox: false, currencies: ['usd', 'eur'] }])
    expect(headers.get('cache-control')).toBe('public, max-age=60')
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect((await ask({ currency: 'EUR' })).status).toBe(200)
  })

  it.each([
    ['an unknown key', { publishable_key: 'oc_pk_nobody' }, 400, 'publishable_key: unknown'],
    ['a currency that is not on offer', { currency: 'gbp' }, 400, 'expected one of usd, eur'],
    ['no origin', { origin: '' }, 403, 'opened as a file'],
    ['a foreign origin', { origin: 'https://evil.example' }, 403, '--origin https://evil.example'],
    ['a development server', { origin: 'http://localhost:5173' }, 403, '--allow-localhost yes'],
  ])('says what to do about %s, and nobody keeps the refusal', async (_label, query, status, advice) => {
    const refused = await ask(query)
    expect(refused.status).toBe(status)
    expect(JSON.stringify(refused.body)).toContain(advice)
    expect(JSON.stringify(refused.body)).not.toContain(ownPage)
    expect(refused.headers.get('cache-control') ?? '').not.toContain('max-age')
  })

  it('passes as the printed commands are run, which take no other origin away', async () => {
    const id = stack.createPartner({ origins: [ownPage] })
    const passes = async (origin: string) => (await ask({ publishable_key: id.publishable_key, origin })).status === 200
    const update = (...change: readonly string[]) =>
      JSON.parse(stack.cli('partner', 'update', id.id, ...change, '--json'))
    expect(update('--origin', 'https://new.example').origins).toEqual([ownPage, 'https://new.example'])
    expect(update('--allow-localhost', 'yes').allow_localhost).toBe(true)
    await until(() => passes('http://localhost:5173'))
    for (const origin of ['http://[::1]:1', 'https://new.example', ownPage]) expect(await passes(origin)).toBe(true)
    const change = ['--no-origins', '--origin', 'https://new.example', '--allow-localhost', 'no']
    expect(update(...change)).toMatchObject({ origins: ['https://new.example'], allow_localhost: false })
    await until(async () => !(await passes('http://localhost:5173')))
    expect(await passes(ownPage)).toBe(false)
  }, 30_000)
})
