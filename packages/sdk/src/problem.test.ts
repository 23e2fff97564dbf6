import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from 'vitest'
import { createOpenCredits } from './create-open-credits.ts'
import type { FailedCheckout, OpenCreditsApi } from './options.ts'
import { baseUrl, json, refusal, type SeenCall, serveApi } from './test-server.ts'

const publishableKey = 'oc_pk_test'
const command = 'opencredits partner update par_1 --origin https://app.example'
const foreign = () => refusal(403, 'origin_not_allowed', `The origin is not registered. Register it with: ${command}`)
let sdk: OpenCreditsApi
let errors: unknown[]
let onError: Mock<(failure: FailedCheckout) => void>
let seen: readonly SeenCall[]
let preflight: () => Response

beforeEach(() => {
  localStorage.clear()
  document.body.innerHTML = ''
  errors = []
  vi.spyOn(console, 'error').mockImplementation((error: unknown) => errors.push(error))
  preflight = () => json({})
  seen = serveApi({ '/v1/checkout/preflight': () => preflight() })
  onError = vi.fn()
  sdk = createOpenCredits(baseUrl)
})

afterEach(async () => {
  vi.useRealTimers()
  await idle()
  vi.restoreAllMocks()
})

const idle = () => new Promise((later) => setTimeout(later, 20))
const dialog = () => document.querySelector('dialog')
const screen = () => dialog()?.querySelector('div')?.shadowRoot
const button = (name: string) =>
  [...(screen()?.querySelectorAll('button') ?? [])].find((one) => one.textContent === name)
const unreachable = () => {
  throw new TypeError('offline')
}

describe('the preflight', () => {
  it('is asked in a quiet moment after init, with key, origin and currency, and may come from the browser’s cache', async () => {
    sdk.init({ publishableKey, currency: 'EUR' })
    expect(seen).toEqual([])
    await idle()
    expect(seen.map(({ path }) => path)).toEqual([
      `/v1/checkout/preflight?${new URLSearchParams({ publishable_key: publishableKey, origin: location.origin, currency: 'eur' })}`,
    ])
    expect(seen[0]?.cache).toBe('default')
    expect(errors).toEqual([])
  })

  it.each([
    ['a wrong origin', foreign, 'origin_not_allowed', command],
    [
      'an unknown key',
      () => refusal(400, 'invalid_request', 'publishable_key: unknown.'),
      'invalid_request',
      'publishable_key',
    ],
    [
      'a refusal with 200, which adds no line of the browser’s',
      () => json({ error: { type: 'origin_not_allowed', message: command } }),
      'origin_not_allowed',
      command,
    ],
    ['a server that is away', unreachable, 'network_error', baseUrl],
    ['a host that is no OpenCredits', () => new Response('<h1>404</h1>', { status: 404 }), 'network_error', baseUrl],
  ])(
    'tells the console of %s; listeners hear of it once somebody opens the checkout',
    async (_label, answer, code, text) => {
      preflight = answer
      sdk.init({ publishableKey, onError })
      await idle()
      expect(errors).toEqual([expect.objectContaining({ code, message: expect.stringContaining(text) })])
      expect(onError).not.toHaveBeenCalled()
      sdk.open()
      await idle()
      expect(onError).toHaveBeenCalledExactlyOnceWith({ error: expect.objectContaining({ code }) })
      expect(seen.at(-1)?.cache).toBe('no-store')
      expect(dialog()?.dataset.stage).toBe('problem')
    },
  )

  it.each([
    ['too many requests', () => refusal(429, 'rate_limited', 'Too many')],
    ['a server that is older than the package', () => refusal(404, 'not_found', 'Nothing here')],
  ])('makes nothing of %s', async (_label, answer) => {
    preflight = answer
    sdk.init({ publishableKey, onError })
    sdk.open()
    await idle()
    expect([errors, onError.mock.calls, dialog()?.dataset.stage]).toEqual([[], [], 'loading'])
  })
})

describe('the screen of the dialog', () => {
  it('tells the developer what to do, tries again, and loads the frame anew each time after a failure', async () => {
    preflight = foreign
    sdk.init({ publishableKey, onError })
    sdk.open({ amount: 25 })
    const frame = dialog()?.querySelector('iframe')
    const loads = vi.spyOn(frame ?? document.createElement('iframe'), 'src', 'set')
    await idle()
    expect(screen()?.querySelector('[role=alert]')?.textContent).toContain(command)
    expect(screen()?.activeElement).toBe(button('Try again'))
    button('Try again')?.click()
    expect(dialog()?.dataset.stage).toBe('loading')
    await idle()
    expect([loads.mock.calls.length, onError.mock.calls.length, dialog()?.dataset.stage]).toEqual([1, 2, 'problem'])
    preflight = () => json({})
    button('Try again')?.click()
    await idle()
    expect([loads.mock.calls.length, onError.mock.calls.length, dialog()?.dataset.stage]).toEqual([2, 2, 'loading'])
  })

  it('closes, and open resolves; the next open starts from the beginning', async () => {
    preflight = unreachable
    sdk.init({ publishableKey })
    const outcome = sdk.open()
    await idle()
    expect(screen()?.textContent).toContain('Check your connection')
    expect(screen()?.querySelector('pre')).toBeNull()
    button('Close')?.click()
    expect(await outcome).toMatchObject({ status: 'closed' })
    expect(dialog()?.open).toBe(false)
    preflight = () => json({})
    sdk.open()
    await idle()
    expect(dialog()?.dataset.stage).toBe('loading')
  })

  it('comes after ten seconds where nothing is known to be wrong; it sells nothing and starts no session', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    sdk.init({ publishableKey, onError })
    for (const options of [{}, { amount: 10 }, { reason: 'insufficient_credits', needed: 5 }] as const) {
      sdk.open(options)
      await vi.advanceTimersByTimeAsync(10_000)
      expect(onError).toHaveBeenLastCalledWith({ error: expect.objectContaining({ code: 'checkout_blocked' }) })
      expect([...(screen()?.querySelectorAll('button') ?? [])].map(({ textContent }) => textContent)).toEqual([
        'Try again',
        'Close',
      ])
    }
    expect(seen.filter(({ path }) => !path.startsWith('/v1/checkout/preflight'))).toEqual([])
    expect(sdk.getUserKey()).toBeNull()
  })

  it('is drawn though there is no body yet', async () => {
    document.body.remove()
    sdk.init({ publishableKey })
    sdk.open()
    expect(document.documentElement.querySelector('dialog')?.open).toBe(true)
    document.documentElement.append(document.createElement('body'))
    dialog()?.remove()
  })
})
