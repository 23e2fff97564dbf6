import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createOpenCredits } from './create-open-credits.ts'
import type { OpenCreditsApi } from './options.ts'

const baseUrl = 'https://credits.example'
const publishableKey = 'oc_pk_test'
let sdk: OpenCreditsApi

beforeEach(() => {
  localStorage.clear()
  document.body.innerHTML = ''
  serve({})
  sdk = createOpenCredits(baseUrl)
})

// The preflight of an idle page must find the server of its own test.
afterEach(async () => {
  await new Promise((idle) => setTimeout(idle, 20))
  vi.restoreAllMocks()
})

/** Answers of the server, by path. */
function serve(answers: Record<string, (init: RequestInit) => { status?: number; body: unknown }>): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init = {}) => {
    const path = String(input).slice(baseUrl.length)
    const answer = path.startsWith('/v1/checkout/preflight') ? { body: {} } : answers[path]?.(init)
    if (answer === undefined) throw new TypeError('offline')
    return new Response(JSON.stringify(answer.body), { status: answer.status ?? 200 })
  })
}

const session = { session_id: 'cs_1', user_key: 'oc_sk_1', checkout_url: 'https://pay.example', expires_at: 1 }
const complete = {
  session_id: 'cs_1',
  status: 'complete',
  balance: 1000,
  credits_added: 1000,
  amount: 10,
  currency: 'usd',
}

describe('init', () => {
  const wrong: readonly (readonly [string, object, RegExp])[] = [
    ['no key', {}, /publishableKey must be/],
    ['a secret key', { publishableKey: 'oc_sk_x' }, /must never be in a page/],
    ['a number for a key', { publishableKey: 5 }, /publishableKey/],
    ['a base URL that is none', { publishableKey, baseUrl: 'credits.example' }, /baseUrl/],
    ['a currency that is none', { publishableKey, currency: 'dollars' }, /currency/],
    ['an unknown mode', { publishableKey, checkoutMode: 'popup' }, /checkoutMode/],
    ['an unknown theme', { publishableKey, theme: 'blue' }, /theme/],
  ]
  it.each(wrong)('refuses %s at once', (_label, options, message) => {
    expect(() => sdk.init(options as never)).toThrow(message)
  })

  it('has to come before open', () => expect(() => sdk.open()).toThrow(/init/))
  it('gives null for a key before there is one', () => {
    expect(sdk.getUserKey()).toBeNull()
    sdk.init({ publishableKey })
    expect(sdk.getUserKey()).toBeNull()
  })
})

describe('a key that the app’s own server keeps', () => {
  it('is used for the purchase and written nowhere in this browser', async () => {
    const bought = vi.fn((init: RequestInit) => ({
      body: { ...session, user_key: new Headers(init.headers).get('X-User-Key') },
    }))
    serve({ '/v1/checkout/sessions': bought, '/v1/checkout/sessions/cs_1': () => ({ body: complete }) })
    sdk.init({ publishableKey, checkoutMode: 'manual', userKey: null })
    sdk.init({ publishableKey, userKey: 'oc_sk_of_the_server' })
    expect(await sdk.open({ amount: 10 })).toMatchObject({ status: 'completed', user_key: 'oc_sk_of_the_server' })
    expect(bought).toHaveBeenCalledTimes(1)
    expect({ ...localStorage }).toEqual({})
    sdk.init({ publishableKey, userKey: null })
    expect(sdk.getUserKey()).toBeNull()
  })
})

describe('manual mode', () => {
  it('hands the address over and tells of the purchase once, with the callbacks of the newest init', async () => {
    serve({
      '/v1/checkout/sessions': () => ({ body: session }),
      '/v1/checkout/sessions/cs_1': () => ({ body: complete }),
    })
    const first = vi.fn()
    const second = vi.fn()
    const listener = vi.fn()
    const opened = vi.fn()
    sdk.init({ publishableKey, checkoutMode: 'manual', onPurchaseCompleted: first, onCheckoutOpened: opened })
    sdk.init({ publishableKey, onPurchaseCompleted: second })
    sdk.on('purchaseCompleted', () => {
      throw new Error('a listener that fails')
    })
    sdk.on('purchaseCompleted', listener)
    vi.stubGlobal('reportError', () => {})
    sdk.open({ amount: 10 })
    await vi.waitFor(() => expect(second).toHaveBeenCalledTimes(1))
    expect(first).not.toHaveBeenCalled()
    expect(listener).toHaveBeenCalledWith({ user_key: 'oc_sk_1', balance: 1000, credits_added: 1000 })
    expect(opened).toHaveBeenCalledWith({
      session_id: 'cs_1',
      user_key: 'oc_sk_1',
      checkout_url: 'https://pay.example',
    })
    expect(sdk.getUserKey()).toBe('oc_sk_1')
    expect(document.querySelector('dialog')).toBeNull()
    // Another page of the same app that watches the same session does not tell again.
    const other = createOpenCredits(baseUrl)
    const again = vi.fn()
    localStorage.setItem(
      `opencredits:${publishableKey}`,
      JSON.stringify({
        ...JSON.parse(localStorage.getItem(`opencredits:${publishableKey}`) ?? '{}'),
        pending: { sessionId: 'cs_1', userKey: 'oc_sk_1' },
      }),
    )
    other.init({ publishableKey, onPurchaseCompleted: again })
    await new Promise((wait) => setTimeout(wait, 50))
    expect(again).not.toHaveBeenCalled()
  })

  it('needs an amount', () => {
    const onError = vi.fn()
    sdk.init({ publishableKey, checkoutMode: 'manual', onError })
    sdk.open()
    expect(onError).toHaveBeenCalledWith({ error: expect.objectContaining({ code: 'invalid_option' }) })
  })

  it('tells of trouble by both callbacks and throws nothing', async () => {
    serve({})
    const onError = vi.fn()
    const onPurchaseError = vi.fn()
    sdk.init({ publishableKey, checkoutMode: 'manual', onError, onPurchaseError })
    sdk.open({ amount: 10 })
    await vi.waitFor(() =>
      expect(onPurchaseError).toHaveBeenCalledWith({ error: expect.objectContaining({ code: 'network_error' }) }),
    )
    expect(onError).toHaveBeenCalledTimes(1)
  })

  it('forgets a key that the server refuses and goes on as a guest', async () => {
    localStorage.setItem(`opencredits:${publishableKey}`, JSON.stringify({ key: 'oc_sk_old' }))
    const keys: (string | undefined)[] = []
    serve({
      '/v1/checkout/sessions': ({ headers }) => {
        const key = (headers as Record<string, string>)['X-User-Key']
        keys.push(key)
        return key === undefined
          ? { body: session }
          : { status: 401, body: { error: { type: 'invalid_user_key', message: 'revoked' } } }
      },
      '/v1/checkout/sessions/cs_1': () => ({ body: complete }),
    })
    const onPurchaseCompleted = vi.fn()
    sdk.init({ publishableKey, checkoutMode: 'manual', onPurchaseCompleted })
    sdk.open({ amount: 10 })
    await vi.waitFor(() => expect(onPurchaseCompleted).toHaveBeenCalled())
    expect(keys).toEqual(['oc_sk_old', undefined])
  })

  it.each([0, -5, Number.NaN, Number.POSITIVE_INFINITY, '10'])('refuses %s as an amount', (amount) => {
    sdk.init({ publishableKey, checkoutMode: 'manual' })
    expect(() => sdk.open({ amount: amount as number })).toThrow(/positive number/)
  })
})

describe('open', () => {
  const open = (options: Parameters<OpenCreditsApi['open']>[0]) => {
    sdk.init({ publishableKey, checkoutMode: 'manual' })
    return sdk.open(options)
  }
  const serveSession = (answer: object) =>
    serve({
      '/v1/checkout/sessions': () => ({ body: session }),
      '/v1/checkout/sessions/cs_1': () => ({ body: { ...complete, ...answer } }),
    })

  it('resolves with what was bought, once it is paid', async () => {
    serveSession({})
    expect(await open({ amount: 10 })).toEqual({
      status: 'completed',
      user_key: 'oc_sk_1',
      balance: 1000,
      credits_added: 1000,
    })
  })

  it.each([
    ['failed', { status: 'failed' }, 'payment_failed'],
    ['expired', { status: 'expired' }, 'session_expired'],
    ['cancelled, which is no error', { status: 'expired', cancelled: true }, null],
  ])('resolves as closed where the payment %s', async (_label, answer, code) => {
    serveSession({ ...answer, credits_added: 0, balance: 0 })
    const onError = vi.fn()
    sdk.on('error', onError)
    expect(await open({ amount: 10 })).toMatchObject({ status: 'closed', balance: null, credits_added: 0 })
    expect(onError.mock.calls.map(([{ error }]) => error.code)).toEqual(code === null ? [] : [code])
  })

  it('never rejects: trouble is told by onError', async () => {
    serve({})
    expect(await open({ amount: 10 })).toMatchObject({ status: 'closed', user_key: null })
    expect(await open({})).toMatchObject({ status: 'closed' })
  })

  it.each([
    [{ reason: 'bored' }, /reason must be 'insufficient_credits' or 'key_budget_exceeded'/],
    [{ reason: 'insufficient_credits', needed: 0 }, /needed must be a positive number of credits/],
    [{ needed: '43' }, /needed/],
  ])('refuses %j at once', (options, message) => expect(() => open(options as never)).toThrow(message))
})

describe('getBalance and logout', () => {
  it('reject and tell with a stable code', async () => {
    serve({
      '/v1/credits/balance': () => ({ status: 401, body: { error: { type: 'missing_api_key', message: 'No key' } } }),
    })
    sdk.init({ publishableKey })
    await expect(sdk.getBalance()).rejects.toMatchObject({
      name: 'OpenCreditsError',
      code: 'missing_api_key',
      status: 401,
    })
  })

  it('logout revokes the key at the server and forgets it', async () => {
    localStorage.setItem(`opencredits:${publishableKey}`, JSON.stringify({ key: 'oc_sk_1' }))
    const revoked = vi.fn(() => ({ body: {} }))
    serve({ '/v1/logout': revoked })
    const onLoggedOut = vi.fn()
    sdk.init({ publishableKey, onLoggedOut })
    await sdk.logout()
    expect(revoked).toHaveBeenCalledTimes(1)
    expect(onLoggedOut).toHaveBeenCalledTimes(1)
    expect(sdk.getUserKey()).toBeNull()
  })
})
