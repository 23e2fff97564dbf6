import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createOpenCredits } from './create-open-credits.ts'
import type { OpenCreditsApi } from './options.ts'
import { baseUrl, json, refusal, type SeenCall, serveApi } from './test-server.ts'

const publishableKey = 'oc_pk_test'
const storageName = `opencredits:${publishableKey}`
let sdk: OpenCreditsApi
let balance: number
let heard: (number | null)[]
let seen: readonly SeenCall[]
let stream: ReadableStreamDefaultController<Uint8Array>
let isStreamCancelled: boolean

beforeEach(() => {
  localStorage.clear()
  localStorage.setItem(storageName, JSON.stringify({ key: 'oc_sk_1' }))
  balance = 1000
  const own: (number | null)[] = []
  heard = own
  isStreamCancelled = false
  seen = serveApi({
    '/v1/checkout/preflight': () => json({}),
    '/v1/credits/balance': ({ userKey }) =>
      userKey === null ? refusal(401, 'missing_api_key', 'No key') : json({ balance }),
    '/v1/models': () => json({ data: [] }),
    '/v1/logout': () => new Response(null, { status: 204 }),
    '/v1/chat/completions': ({ request }) => {
      balance -= 1.5
      if (!request.headers.has('x-stream')) return json({})
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          stream = controller
        },
        cancel() {
          isStreamCancelled = true
        },
      })
      return new Response(body, { status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
    },
    'https://elsewhere.example/v1/models': () => json({}),
    'https://credits.example.evil.example/v1/models': () => json({}),
  })
  sdk = createOpenCredits(baseUrl)
  sdk.on('balance', (change) => own.push(change.balance))
  sdk.init({ publishableKey })
})

// The preflight of an idle page must find the server of its own test.
afterEach(async () => {
  await new Promise((idle) => setTimeout(idle, 20))
  vi.restoreAllMocks()
})

const settled = () => new Promise((later) => setTimeout(later, 400))
const balanceReads = () => seen.filter(({ path }) => path === '/v1/credits/balance').length

describe('OpenCredits.fetch', () => {
  it('sends paths to OpenCredits with the user’s key, and nobody else the key', async () => {
    await sdk.fetch('/v1/models?limit=1')
    await sdk.fetch('v1/models')
    await sdk.fetch(`${baseUrl}/v1/models`)
    await sdk.fetch(new URL(`${baseUrl}/v1/models`))
    await sdk.fetch(new Request(`${baseUrl}/v1/models`))
    const ours = seen.filter(({ path }) => path.startsWith('/v1/models'))
    expect(ours.map(({ userKey }) => userKey)).toEqual(Array(5).fill('oc_sk_1'))
    for (const url of ['https://elsewhere.example/v1/models', 'https://credits.example.evil.example/v1/models'])
      await sdk.fetch(url)
    expect(seen.slice(-2).map(({ userKey }) => userKey)).toEqual([null, null])
  })

  it('keeps the credential that a request brings along', async () => {
    for (const name of ['Authorization', 'x-api-key'])
      await sdk.fetch('/v1/models', { headers: { [name]: 'Bearer mine' } })
    await sdk.fetch('/v1/models', { headers: { 'X-User-Key': 'oc_sk_mine' } })
    expect(seen.slice(-3).map(({ userKey }) => userKey)).toEqual([null, null, 'oc_sk_mine'])
  })

  it('passes method and body on, and rejects as fetch does', async () => {
    const response = await sdk.fetch('/v1/chat/completions', { method: 'POST', body: '{"model":"m"}' })
    expect([response.status, seen.find(({ method }) => method === 'POST')?.path]).toEqual([200, '/v1/chat/completions'])
    await expect(sdk.fetch('/v1/nowhere')).rejects.toThrow(TypeError)
    await expect(createOpenCredits(baseUrl).fetch('/v1/models')).rejects.toThrow(/init/)
  })
})

describe('the balance', () => {
  it('is told to a new listener, after each call, and asked for once by calls that end together', async () => {
    await settled()
    expect(heard).toEqual([1000])
    const before = balanceReads()
    await Promise.all(Array.from({ length: 5 }, () => sdk.fetch('/v1/chat/completions', { method: 'POST' })))
    await settled()
    expect([heard, balanceReads() - before]).toEqual([[1000, 992.5], 1])
    await sdk.fetch('/v1/models')
    await settled()
    expect(balanceReads() - before).toBe(1)
  })

  it.each([
    ['has ended', () => stream.close(), false],
    ['has broken off', () => stream.error(new Error('cut')), false],
    ['was cancelled, which reaches the server', (body: ReadableStreamDefaultReader) => void body.cancel(), true],
  ])('is told once a stream %s', async (_label, end, isCancelled) => {
    await settled()
    const response = await sdk.fetch('/v1/chat/completions', { method: 'POST', headers: { 'x-stream': '1' } })
    expect([response.ok, response.headers.get('content-type')]).toEqual([true, 'text/event-stream; charset=utf-8'])
    const reader = response.body?.getReader()
    if (reader === undefined) throw new Error('no body')
    stream.enqueue(new TextEncoder().encode('data: x\n\n'))
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: x\n\n')
    await settled()
    expect(heard).toEqual([1000])
    end(reader)
    await reader.closed.catch(() => {})
    await settled()
    expect([heard, isStreamCancelled]).toEqual([[1000, 998.5], isCancelled])
  })

  it('is told by getBalance, and of an older user to nobody', async () => {
    await settled()
    balance = 7
    expect(await sdk.getBalance()).toBe(7)
    expect(heard).toEqual([1000, 7])
    balance = 8
    const asked = sdk.getBalance()
    await sdk.logout()
    expect([await asked, heard]).toEqual([8, [1000, 7, null]])
    await expect(sdk.getBalance()).rejects.toMatchObject({ code: 'missing_api_key', status: 401 })
  })

  it('and the key come from another tab of the app', async () => {
    await settled()
    const elsewhere = (kept: object) => {
      localStorage.setItem(storageName, JSON.stringify(kept))
      window.dispatchEvent(new StorageEvent('storage', { key: storageName }))
    }
    elsewhere({ key: 'oc_sk_1', balance: 900 })
    elsewhere({ key: 'oc_sk_1', balance: 900, done: ['cs_1'] })
    elsewhere({ key: null })
    elsewhere({ key: 'oc_sk_2', balance: 50 })
    expect([heard, sdk.getUserKey()]).toEqual([[1000, 900, null, 50], 'oc_sk_2'])
  })

  it('goes to other tabs through the storage that they share', async () => {
    await settled()
    expect(JSON.parse(localStorage.getItem(storageName) ?? '')).toMatchObject({ key: 'oc_sk_1', balance: 1000 })
  })
})
