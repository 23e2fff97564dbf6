// @vitest-environment node
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createClient } from './create-client.ts'

interface Seen {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let server: Server
let baseUrl = ''
let seen: Seen[] = []
let answer: { status: number; headers?: Record<string, string>; body: string } = { status: 200, body: '' }

beforeAll(async () => {
  server = createServer(async (request, response) => {
    seen.push({ path: request.url ?? '', headers: request.headers, body: await text(request) })
    response.writeHead(answer.status, answer.headers).end(answer.body)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  baseUrl = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : ''
})
beforeEach(() => {
  seen = []
})
afterAll(() => server.close())

const client = () => createClient({ baseUrl: `${baseUrl}/`, userKey: 'oc_sk_1' })
const answerJson = (status: number, body: unknown) => {
  answer = { status, headers: { 'request-id': 'req_1' }, body: JSON.stringify(body) }
}

describe('createClient', () => {
  it.each([
    ['a publishable key', { userKey: 'oc_pk_1' }, /userKey must be the user's oc_sk_… key/],
    ['no key', { userKey: '' }, /none before the first purchase/],
    ['an address without its scheme', { userKey: 'oc_sk_1', baseUrl: 'credits.example' }, /baseUrl must be/],
  ])('refuses %s at once', (_label, options, message) => expect(() => createClient(options)).toThrow(message))

  it('gives the addresses that the clients of OpenAI and Anthropic want', () => {
    expect(client()).toMatchObject({ openaiBaseUrl: `${baseUrl}/v1`, anthropicBaseUrl: baseUrl })
    expect(createClient({ userKey: 'oc_sk_1' }).openaiBaseUrl).toBe('https://opencredits.ai/v1')
  })
})

describe('balance and request', () => {
  it('read what the server says', async () => {
    answerJson(200, { balance: 42.5, held: 1, currency: 'credits' })
    expect(await client().balance()).toBe(42.5)
    answerJson(200, { request_id: 'req_/1', charge: 0.09 })
    expect(await client().request('req_/1')).toMatchObject({ charge: 0.09 })
    expect(seen).toMatchObject([
      { path: '/v1/credits/balance', headers: { 'x-user-key': 'oc_sk_1' } },
      { path: '/v1/credits/requests/req_%2F1' },
    ])
  })

  it('never take an answer without a balance for none', async () => {
    answerJson(200, {})
    await expect(client().balance()).rejects.toMatchObject({ name: 'OpenCreditsError' })
  })
})

describe('fetch', () => {
  it('sends the key and a text as JSON, and gives the answer as it is', async () => {
    answer = { status: 200, body: 'data: 1\n\n' }
    const response = await client().fetch('/v1/messages', {
      method: 'POST',
      body: '{}',
      headers: { 'x-user-key': 'no' },
    })
    expect(await response.text()).toBe('data: 1\n\n')
    await client().fetch('/v1/files', { method: 'POST', body: 'a', headers: { 'content-type': 'text/csv' } })
    expect(seen).toMatchObject([
      { path: '/v1/messages', body: '{}', headers: { 'x-user-key': 'oc_sk_1', 'content-type': 'application/json' } },
      { path: '/v1/files', headers: { 'content-type': 'text/csv' } },
    ])
  })

  it('throws what the server refused, with its code, its status and its numbers', async () => {
    const error = { type: 'insufficient_credits', message: 'Too few', needed: 43, available: 2 }
    answerJson(402, { type: 'error', error, request_id: 'req_9' })
    await expect(client().fetch('/v1/messages')).rejects.toMatchObject({
      ...{ name: 'InsufficientCreditsError', code: 'insufficient_credits', status: 402, requestId: 'req_9' },
      ...{ needed: 43, available: 2, message: 'Too few' },
    })
    answerJson(401, { error: { type: 'invalid_user_key', message: 'Revoked', param: null, code: '401' } })
    await expect(client().balance()).rejects.toMatchObject({
      code: 'invalid_user_key',
      status: 401,
      requestId: 'req_1',
    })
  })

  it('says what to do where something else answers', async () => {
    answer = { status: 502, body: '<html>' }
    await expect(client().fetch('/v1/models')).rejects.toMatchObject({ code: 'network_error', status: 502 })
    answer = { status: 301, headers: { location: 'https://elsewhere.example/v1/models' }, body: '' }
    await expect(client().fetch('/v1/models')).rejects.toThrow(/redirect to https:\/\/elsewhere\.example/)
    expect(seen).toHaveLength(2)
    const gone = createClient({ baseUrl: 'http://127.0.0.1:1', userKey: 'oc_sk_1' })
    await expect(gone.balance()).rejects.toMatchObject({
      code: 'network_error',
      status: null,
      cause: expect.any(Error),
    })
  })

  it('takes the key nowhere else', async () => {
    for (const path of ['https://evil.example/', 'v1/models', '@evil.example/'])
      await expect(client().fetch(path)).rejects.toThrow(/must begin with a slash/)
    answer = { status: 200, body: '' }
    await client().fetch('//evil.example/')
    expect(seen.map(({ path }) => path)).toEqual(['//evil.example/'])
  })

  it('leaves an abort to whoever aborted', async () => {
    await expect(client().fetch('/', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })
})
