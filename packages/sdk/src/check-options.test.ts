import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createOpenCredits } from './create-open-credits.ts'
import type { OpenCreditsApi } from './options.ts'
import { baseUrl, json, serveApi } from './test-server.ts'

const publishableKey = 'oc_pk_test'
let sdk: OpenCreditsApi
let warnings: string[]

beforeEach(() => {
  warnings = []
  vi.spyOn(console, 'warn').mockImplementation((text: string) => warnings.push(text))
  vi.spyOn(console, 'error').mockImplementation(() => {})
  localStorage.clear()
  serveApi({ '/v1/checkout/preflight': () => json({}) })
  sdk = createOpenCredits(baseUrl)
})

// The preflight of an idle page must find the server of its own test.
afterEach(async () => {
  await new Promise((idle) => setTimeout(idle, 20))
  vi.restoreAllMocks()
})

describe('a slip is named, with what was likely meant', () => {
  it.each([
    [
      'an option',
      () => ({ publishableKey, onPurchaseComplete: () => {} }),
      /unknown option 'onPurchaseComplete'.*onPurchaseCompleted/,
    ],
    [
      'its case',
      () => ({ publishableKey, baseURL: 'https://x.example' }),
      /unknown option 'baseURL'. Did you mean baseUrl/,
    ],
    ['a letter', () => ({ publishableKey, curency: 'eur' }), /unknown option 'curency'. Did you mean currency/],
  ])('%s of init', (_label, options, expected) => {
    sdk.init(options())
    expect(warnings).toEqual([expect.stringMatching(expected)])
  })

  it('an option of open', () => {
    sdk.init({ publishableKey, checkoutMode: 'manual' })
    Reflect.apply(sdk.open, sdk, [{ ammount: 10 }])
    expect(warnings).toEqual([expect.stringMatching(/unknown option 'ammount'. Did you mean amount/)])
  })

  it('an event, also under the name of its callback', () => {
    for (const name of ['purchaseComplete', 'onPurchaseCompleted']) Reflect.apply(sdk.on, sdk, [name, () => {}])
    expect(warnings).toEqual(Array(2).fill(expect.stringMatching(/unknown event '.*'. Did you mean purchaseCompleted/)))
  })

  it('and right ones are not', () => {
    sdk.init({
      publishableKey,
      baseUrl,
      currency: 'EUR',
      checkoutMode: 'manual',
      theme: 'dark',
      locale: 'pt-BR',
      email: '',
    })
    sdk.init({
      publishableKey,
      onBalance: () => {},
      onPurchaseCompleted: () => {},
      onLoggedOut: () => {},
      onComplete: () => {},
    })
    sdk.on('balance', () => {})
    sdk.open({ amount: 5, currency: 'usd', reason: 'insufficient_credits', needed: 3 })
    expect(warnings).toEqual([])
  })
})

describe('locale', () => {
  /** The tag that the checkout is told. */
  const used = async (locale: string) => {
    const bodies: unknown[] = []
    serveApi({
      '/v1/checkout/preflight': () => json({}),
      '/v1/checkout/sessions': async ({ request }) => {
        bodies.push(await request.json())
        return json({}, 500)
      },
    })
    sdk.init({ publishableKey, checkoutMode: 'manual', locale })
    await sdk.open({ amount: 5 })
    return (bodies[0] as { readonly locale?: string }).locale
  }

  it('is put right where it is a slip', async () => {
    expect(await used('de_AT')).toBe('de-AT')
    expect(warnings).toEqual([])
  })

  it.each(['english', 'x', '', 'it', '🇩🇪'])(
    'gives way to the browser’s where %j is none, with a warning',
    async (locale) => {
      expect(await used(locale)).toBeUndefined()
      expect(warnings).toEqual(
        locale === '' ? [] : [expect.stringMatching(/unknown locale '.*'. The checkout speaks en es de/)],
      )
    },
  )

  it('may be left to the browser by name', async () => {
    expect(await used('auto')).toBe('auto')
    expect(warnings).toEqual([])
  })
})

describe('currency', () => {
  it.each(['dollars', '$', 'us', ''])('%j is an error', (currency) => {
    expect(() => sdk.init({ publishableKey, currency })).toThrow(/currency must be an ISO code such as 'usd'/)
    sdk.init({ publishableKey })
    expect(() => sdk.open({ currency })).toThrow(/OpenCredits.open: currency must be/)
  })
})
