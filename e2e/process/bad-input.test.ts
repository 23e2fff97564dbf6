import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PartnerKeys, Stack } from '../stack.ts'
import { balanceOf, buyCredits, call, verifyLedger } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'
import { type SessionHeaders, signInSession } from './session-client.ts'

/** Bad input on every endpoint: the contract's error in the endpoint's dialect, never a 500, and nothing is lost. */
let stack: Stack
let partner: PartnerKeys
let key: string
let session: SessionHeaders

beforeAll(async () => {
  stack = await startProcessStack()
  partner = stack.createPartner()
  key = (await buyCredits(stack, partner, 10)).userKey
  session = await signInSession(stack, 'tester@example.com')
}, 60_000)

afterAll(() => stack.close())

const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
const bodies: readonly (readonly [string, unknown])[] = [
  ['nothing', ''],
  ['no JSON', '{"model": '],
  ['an array', []],
  ['a string', '"hello"'],
  ['null', 'null'],
  ['an empty object', {}],
  ['a number in every field', everywhere(7)],
  ['null in every field', everywhere(null)],
  ['an object in every field', everywhere({ a: 1 })],
  [
    'a deep array in every field',
    `{"model":${deep},"messages":${deep},"amount":${deep},"email":${deep},"publishable_key":${deep}}`,
  ],
  ['a huge string', everywhere('x'.repeat(200_000))],
  ['a prototype', '{"__proto__":{"amount":1},"constructor":{"prototype":{}}}'],
  ['a negative amount', { ...everywhere(''), publishable_key: 'self', amount: -1, currency: 'usd' }],
  ['NaN as an amount', '{"publishable_key":"self","amount":NaN}'],
  ['an amount beyond all bounds', { publishable_key: 'self', amount: 1e300 }],
  ['an amount with too many digits', { publishable_key: 'self', amount: 10.001 }],
  ['a wrong currency', { publishable_key: 'self', amount: 10, currency: 'zzz' }],
  ['an unknown mode', { publishable_key: 'self', amount: 10, mode: 'barter' }],
  ['an unknown app', { publishable_key: 'oc_pk_nobody', amount: 10, email: 'a@example.com' }],
]

const posts = [
  '/v1/chat/completions',
  '/v1/messages',
  '/v1/checkout/sessions',
  '/v1/login/codes',
  '/v1/login/verify',
  '/v1/login/consent',
  '/v1/session/codes',
  '/v1/session',
  '/v1/session/passkey',
  '/v1/session/passkeys',
  '/v1/account/keys',
  '/v1/account/purchases',
  '/v1/account/claims',
  '/v1/claims',
  '/v1/credits/pricing',
  '/webhooks/stripe',
]

/** What asks for so little that some of these bodies are enough. */
const mayTake = ['/v1/credits/pricing', '/v1/checkout/sessions', '/v1/account/purchases', '/v1/session/codes']

/** What our own pages call, with the session of a browser in place of a key. */
const isOfPages = (path: string) => /^\/v1\/(session|account|claims)/.test(path)

describe.each(posts)('POST %s', (path) => {
  it.each(bodies)('refuses %s', async (_label, body) => {
    const text = (typeof body === 'string' ? body : JSON.stringify(body)).replaceAll(
      '"self"',
      `"${partner.publishable_key}"`,
    )
    const answer = await call(stack, 'POST', path, {
      ...(isOfPages(path) ? { headers: session } : { key }),
      body: text,
    })
    // Fields that an endpoint does not know are no error; what it must not do is fail on its own.
    if (answer.status >= 200 && answer.status < 300) return expect(mayTake).toContain(path)
    expect([400, 404, 413]).toContain(answer.status)
    expectContractError(path, answer.body)
  })
})

const keyed = [
  '/v1/credits/balance',
  '/v1/credits',
  '/v1/credits/history',
  '/v1/credits/requests/req_x',
  '/v1/me',
  '/v1/keys',
  '/v1/checkout/sessions/cs_x',
]

describe.each(keyed)('GET %s', (path) => {
  it.each([
    ['no key', undefined, 'missing_api_key'],
    ['a key of another service', 'sk-ant-abc', 'invalid_user_key'],
    ['a key with a typo', 'oc_sk_typo', 'invalid_user_key'],
    ['a huge key', `oc_sk_${'a'.repeat(5000)}`, 'invalid_user_key'],
  ])('refuses %s', async (_label, wrongKey, type) => {
    const answer = await call(stack, 'GET', path, wrongKey === undefined ? {} : { key: wrongKey })
    expect(answer.status).toBe(401)
    expect(answer.body).toMatchObject({ error: { type } })
  })
})

it.each([
  '/v1/credits/history?limit=0',
  '/v1/credits/history?limit=1e9',
  '/v1/credits/history?limit=ten',
  '/v1/credits/history?offset=-1',
  '/v1/credits/history?after=nonsense',
  '/v1/credits?currency=zzz',
  '/v1/credits/pricing',
])('GET %s names the field', async (path) => {
  const answer = await call(stack, 'GET', path, { key })
  expect(answer.status).toBe(400)
  expect(answer.body).toMatchObject({ error: { type: 'invalid_request', param: expect.any(String) } })
})

it('unknown routes and methods are closed', async () => {
  for (const [method, path] of [
    ['GET', '/v1/nothing'],
    ['DELETE', '/v1/chat/completions'],
    ['POST', '/admin'],
    ['GET', '/v1/%ff'],
  ] as const) {
    const answer = await call(stack, method, path, { key })
    expect([400, 404, 405], `${method} ${path}`).toContain(answer.status)
    expectContractError(path, answer.body)
  }
})

it('after all of it the balance is whole and the books are right', async () => {
  expect(await balanceOf(stack, key)).toEqual({ balance: 1000, held: 0 })
  expect(verifyLedger(stack)).toMatchObject({ ok: true })
})

function everywhere(value: unknown): Record<string, unknown> {
  const fields = [
    'model',
    'messages',
    'max_tokens',
    'stream',
    'publishable_key',
    'amount',
    'currency',
    'mode',
    'email',
    'login_id',
    'code',
    'name',
    'budget',
    'models',
    'rpm',
  ]
  return Object.fromEntries(fields.map((field) => [field, value]))
}

function expectContractError(path: string, body: Record<string, unknown>): void {
  if (path.startsWith('/v1/messages')) {
    expect(body).toMatchObject({
      type: 'error',
      error: { type: expect.any(String), message: expect.any(String) },
      request_id: expect.stringMatching(/^req_/),
    })
    return
  }
  expect(body).toMatchObject({
    error: {
      message: expect.any(String),
      type: expect.any(String),
      code: expect.stringMatching(/^\d{3}$/),
      request_id: expect.stringMatching(/^req_/),
    },
  })
  expect(body.error).toHaveProperty('param')
}
