import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import express from 'express'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerErrors, answerNotFound } from '../http/answer-error.ts'
import { assignRequestId } from '../http/request-id.ts'
import { systemClock } from '../kernel/clock.ts'
import { createPepper } from '../keys/pepper.ts'
import { createOriginGuard } from '../partners/origin-guard.ts'
import { createPartnerDirectory } from '../partners/partner.ts'
import { createPartner } from '../partners/save-partner.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { createFrameRouter, type FrameDeps } from './frame-routes.ts'
import { ask, configIn, directive, frameAt, listen, paymentsWith } from './test-frames.ts'
import { testCurrencies } from './test-shop.ts'

let store: TestDatabase
let server: Server
let url: string
let folder: string
/** Apps with a registered origin, without one, and with localhost beside it. */
let [registered, unregistered, local] = ['', '', '']
const estimate = { model: 'Model', creditsPerRequest: 0.5, inputTokens: 2500, outputTokens: 2500 }
const hostileName = `</script><script>alert("1")</script> & <b>'$&`

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'opencredits-dist-'))
  mkdirSync(join(folder, 'checkout/assets'), { recursive: true })
  writeFileSync(join(folder, 'checkout/index.html'), '<!doctype html><!--opencredits-config--><main></main>')
  writeFileSync(join(folder, 'checkout/preview.html'), '<!--opencredits-config--><main>preview</main>')
  const manifest = { 'messages/pt-br.ts': { file: 'assets/pt-br-1a2b.js' } }
  writeFileSync(join(folder, 'checkout/manifest.json'), JSON.stringify(manifest))
  for (const [name, content] of [
    ['sdk.js', 'window.OpenCredits = {}'],
    ['checkout/assets/app-1a2b.js', 'export {}'],
  ] as const) {
    writeFileSync(join(folder, name), content)
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content))
    writeFileSync(join(folder, `${name}.gz`), gzipSync(content))
  }
  store = await openTestDatabase()
  registered = await partnerWith(['https://app.example', 'https://www.app.example'])
  unregistered = await partnerWith([])
  local = await partnerWith(['https://app.example'], true)
  server = createServer(appWith({}))
  url = await listen(server)
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await store.close()
  rmSync(folder, { recursive: true })
})

describe('GET /checkout', () => {
  it('may be framed by the app’s own origins only', async () => {
    const { status, headers, text } = await page(registered, 'https://app.example')
    expect(status).toBe(200)
    expect(directive(headers, 'frame-ancestors')).toBe('https://app.example https://www.app.example')
    expect(configIn(text)).toMatchObject({ parentOrigin: 'https://app.example', publishableKey: registered })
  })

  it.each([
    ['another origin', 'https://evil.example'],
    ['a registered origin with another port', 'https://app.example:8443'],
    ['a registered host over http', 'http://app.example'],
    ['an origin that begins like a registered one', 'https://app.example.evil.example'],
    ['a path', 'https://app.example/'],
    ['null, as of a sandboxed frame', 'null'],
    ['none', ''],
    ['localhost, once an origin is registered', 'http://localhost:3000'],
    ['markup', '"><script>alert(1)</script>'],
    ['a second directive', "https://app.example; script-src 'unsafe-inline'"],
  ])('refuses %s, and nobody may frame the refusal', async (_label, origin) => {
    const { status, headers, text } = await page(registered, origin)
    expect(status).toBe(403)
    expect(directive(headers, 'frame-ancestors')).toBe("'none'")
    expect(text).toMatch(/not registered for this app|not allowed for this app|cannot be registered|has no origin/)
    expect(text).not.toContain('<script')
    expect(text).not.toContain('opencredits-config')
  })

  it('is silent in a frame that it refuses: the browser would say of it what nobody can mend', async () => {
    for (const query of [
      `pk=${registered}&origin=https://evil.example`,
      'pk=oc_pk_nobody&origin=https://app.example',
    ]) {
      const { status, headers } = await ask(`${url}/checkout?${query}`, { 'sec-fetch-dest': 'iframe' })
      expect(status).toBe(204)
      expect(String(headers['content-security-policy'])).toContain("frame-ancestors 'none'")
    }
    const shown = await ask(`${url}/checkout?pk=${registered}&origin=https://app.example`, {
      'sec-fetch-dest': 'iframe',
    })
    expect(shown.status).toBe(200)
  })

  it('refuses an unknown key and says so', async () => {
    for (const key of ['', 'oc_pk_nobody', 'x'.repeat(5_000)]) {
      const { status, headers, text } = await page(key, 'https://app.example')
      expect(status).toBe(403)
      expect(directive(headers, 'frame-ancestors')).toBe("'none'")
      expect(text).toContain('publishable_key: unknown on this server')
    }
  })

  it.each([
    ['http://localhost:3000', 200],
    ['http://127.0.0.1:5173', 200],
    ['http://partner.localhost:8080', 200],
    ['https://app.example', 403],
    ['http://localhost.evil.example', 403],
  ])(
    'with no origin registered answers %s with %i in sandbox mode, and nobody with real money',
    async (origin, status) => {
      expect((await page(unregistered, origin)).status).toBe(status)
      const live = createServer(appWith({ isSandbox: false }))
      expect((await page(unregistered, origin, await listen(live))).status).toBe(403)
      live.close()
    },
  )

  it.each([
    ['http://localhost:3000', 'http://localhost:3000 https://app.example'],
    ['http://127.0.0.1:5173', 'http://127.0.0.1:5173 https://app.example'],
    // A source expression cannot name an IPv6 address.
    ['http://[::1]:5173', 'http: https://app.example'],
    ['https://app.example', 'https://app.example'],
    ['http://evil.example', "'none'"],
  ])('of an app that allows localhost is framed from %s by %s, with real money too', async (origin, ancestors) => {
    const live = createServer(appWith({ isSandbox: false }))
    const { headers } = await page(local, origin, await listen(live))
    expect(directive(headers, 'frame-ancestors')).toBe(ancestors)
    live.close()
  })

  it('may load nothing but itself and Stripe', async () => {
    const { headers } = await page(registered, 'https://app.example')
    expect(directive(headers, 'default-src')).toBe("'none'")
    expect(directive(headers, 'script-src')).toBe(
      "'self' https://js.stripe.com https://*.js.stripe.com https://checkout.stripe.com",
    )
    expect(directive(headers, 'style-src')).toBe("'self'")
    expect(directive(headers, 'connect-src')).toBe("'self' https://api.stripe.com https://checkout.stripe.com")
    expect(directive(headers, 'base-uri')).toBe("'none'")
    expect(directive(headers, 'form-action')).toBe("'none'")
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('permissions-policy')).toContain('payment=*')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  })

  it('lets the sandbox’s Stripe in where that is configured', async () => {
    const sandbox = createServer(appWith({ payments: paymentsWith(store.db, 'http://localhost:12111/v1/stripe.js') }))
    const { headers } = await page(registered, 'https://app.example', await listen(sandbox))
    for (const name of ['script-src', 'frame-src', 'connect-src'])
      expect(directive(headers, name)).toContain(' http://localhost:12111')
    sandbox.close()
  })

  it('demands isolation of Stripe’s frames, which have none, only where the page is isolated itself', async () => {
    const usual = await page(registered, 'https://app.example')
    expect(usual.headers.get('cross-origin-embedder-policy')).toBeNull()
    const isolated = await page(`${registered}&isolated=1`, 'https://app.example')
    expect(isolated.headers.get('cross-origin-embedder-policy')).toBe('credentialless')
  })

  it('cannot be broken out of by a name', async () => {
    const { text } = await page(registered, 'https://app.example')
    expect(text.match(/<script/g)).toHaveLength(1)
    expect(configIn(text).appName).toBe(hostileName)
  })

  it.each([
    ['pt-PT,pt;q=0.9,en;q=0.8', 'assets/pt-br-1a2b.js'],
    ['en-GB,en;q=0.9,pt;q=0.8', null],
    ['*', null],
    // Spoken, but not built here: the script finds out by itself.
    ['de', null],
  ])('has the words for %s fetched beside the script', async (accepted, chunk) => {
    const response = await fetch(`${url}/checkout?pk=${registered}&origin=https://app.example`, {
      headers: { 'accept-language': accepted },
    })
    const preload = chunk === null ? '' : `<link rel="modulepreload" crossorigin href="/checkout/${chunk}">`
    expect(await response.text()).toContain(`<!doctype html>${preload}<script type="application/json"`)
  })

  it('tells the app what can be bought, and what it is good for, so that nothing more has to be asked for', async () => {
    const { text } = await page(registered, 'https://app.example')
    expect(configIn(text).estimate).toEqual(estimate)
    const currencies = configIn(text).currencies as readonly { readonly code: string }[]
    expect(currencies.find(({ code }) => code === 'usd')).toEqual({
      code: 'usd',
      creditsPerMajorUnit: 100,
      minorUnitDigits: 2,
      amountMin: 1,
      amountMax: 1000,
    })
    expect(currencies.find(({ code }) => code === 'jpy')).toMatchObject({ minorUnitDigits: 0, amountMin: 152 })
  })
})

describe('the other files', () => {
  it('sdk.js loads into any page, an isolated one too, and is asked for again soon', async () => {
    const response = await fetch(`${url}/assets/sdk.js`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('javascript')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect(response.headers.get('cache-control')).toBe('public, max-age=300')
    const etag = response.headers.get('etag') ?? ''
    expect(etag).not.toBe('')
    // As browsers revalidate; `fetch` would forbid a 304 by a `no-cache` of its own.
    const headers = { 'if-none-match': etag, 'cache-control': 'max-age=0' }
    expect((await fetch(`${url}/assets/sdk.js`, { headers })).status).toBe(304)
  })

  it.each(['/assets/sdk.js', '/checkout/assets/app-1a2b.js'])(
    '%s is sent as small as the browser can read',
    async (path) => {
      for (const [accepted, sent] of [
        ['gzip, deflate, br, zstd', 'br'],
        ['gzip, deflate', 'gzip'],
        ['br;q=0, gzip', 'gzip'],
        ['identity', null],
      ] as const) {
        const response = await fetch(url + path, { headers: { 'accept-encoding': accepted } })
        expect([accepted, response.headers.get('content-encoding')]).toEqual([accepted, sent])
        expect(response.headers.get('content-type')).toContain('javascript')
        expect(response.headers.get('vary')).toBe('Accept-Encoding')
        expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
        expect(await response.text()).toMatch(/OpenCredits|export/)
      }
    },
  )

  it('previews for our own pages alone, and what it shows can call nobody', async () => {
    const response = await fetch(`${url}/checkout?preview=1&pk=${registered}`)
    expect(response.status).toBe(200)
    const policy = (response.headers.get('content-security-policy') ?? '').split('; ')
    expect(policy).toContain("frame-ancestors 'self'")
    expect(policy).toContain("default-src 'none'")
    expect(policy.join()).not.toMatch(/connect-src|frame-src|stripe|unsafe/)
    expect(await response.text()).toContain('<main>preview</main>')
    expect((await fetch(`${url}/checkout?preview=1&pk=oc_pk_none`)).status).toBe(400)
  })

  it('assets are kept for ever', async () => {
    const response = await fetch(`${url}/checkout/assets/app-1a2b.js`)
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect((await fetch(`${url}/checkout/assets/none.js`)).status).toBe(404)
    expect((await fetch(`${url}/checkout/assets/..%2findex.html`)).status).not.toBe(200)
  })
})

function appWith(change: Partial<FrameDeps>) {
  const app = express()
  app.set('etag', false)
  app.use((request, response, next) => {
    assignRequestId(request, response)
    next()
  })
  app.use(
    createFrameRouter({
      publicUrl: 'http://oc.localhost:8787',
      partners: createPartnerDirectory({ db: store.db, clock: systemClock }),
      originGuard: createOriginGuard({ publicUrl: 'http://oc.localhost:8787', isSandbox: change.isSandbox ?? true }),
      currencies: testCurrencies,
      purchaseBounds: { min: 100, max: 100_000 },
      isSandbox: true,
      payments: paymentsWith(store.db, 'https://js.stripe.com/endive/stripe.js'),
      termsUrl: null,
      estimate: async () => estimate,
      sdkDistPath: folder,
      observations: { note() {} },
      ...change,
    }),
  )
  app.use(answerNotFound)
  app.use(answerErrors(pino({ level: 'silent' })))
  return app
}

async function partnerWith(origins: readonly string[], allowsLocalhost = false): Promise<string> {
  const terms = { email: 'p@example.com', shareBasisPoints: 0, allowedModels: null, logoUrl: null, accentColor: null }
  const partner = await createPartner(
    { db: store.db, pepper: createPepper('test pepper of the frame'), shareBasisPointsMax: 10_000 },
    { ...terms, name: hostileName, origins, allowsLocalhost, isActive: true },
    0,
  )
  return partner.publishableKey
}

const page = (key: string, origin: string, at = url) => frameAt(at, key, origin)
