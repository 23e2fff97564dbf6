import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type Sandbox, type SandboxOptions, startSandbox } from '@opencredits/sandbox'
import express from 'express'
import { pino } from 'pino'
import { verifyBooks } from '../audit/verify-books.ts'
import { answerErrors, answerNotFound } from '../http/answer-error.ts'
import { clientAddressThrough } from '../http/client-address.ts'
import { createIntake } from '../http/intake.ts'
import { assignRequestId } from '../http/request-id.ts'
import { createThrottle } from '../http/throttle.ts'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { createKeyAuthenticator } from '../keys/authenticate-key.ts'
import { createGuestPepper, createPepper } from '../keys/pepper.ts'
import { readWallet } from '../ledger/balance.ts'
import { createObservations } from '../partners/observations.ts'
import { createOriginGuard } from '../partners/origin-guard.ts'
import { createPartnerDirectory } from '../partners/partner.ts'
import { createPartner } from '../partners/save-partner.ts'
import { createSessionAuthenticator } from '../sessions/authenticate-session.ts'
import type { Database } from '../store/open-database.ts'
import { openTestDatabase } from '../store/test-database.ts'
import { type CheckoutDeps, createCheckoutRouter } from './checkout-routes.ts'
import { createReturnRouter, type ReturnDeps } from './return-routes.ts'
import { createStripeClient, createStripePayments } from './stripe/stripe-payments.ts'
import { createStripeWebhookRouter, type WebhookDeps } from './stripe/webhook-route.ts'
import { createBuiltInPayments } from './test-world/built-in-payments.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

export interface Bought {
  readonly sessionId: string
  readonly userKey: string
}

/** The whole purchase over HTTP: our routes on a port, a real store, and the sandbox as Stripe. */
export interface Shop {
  readonly url: string
  readonly db: Database
  readonly sandbox: Sandbox
  readonly publishableKey: string
  readonly partnerId: string
  readonly deps: CheckoutDeps & WebhookDeps
  /** Every log line, whole. */
  logs(): string
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  create(body?: Record<string, unknown>, headers?: Record<string, string>): Promise<Answer>
  /** Opens a checkout that must succeed. */
  open(body?: Record<string, unknown>, headers?: Record<string, string>): Promise<Bought>
  read(bought: Bought): Promise<Answer>
  /** Microcredits in the wallet of a session's user, straight from the store. */
  balanceOf(sessionId: string): Promise<number>
  statusOf(sessionId: string): Promise<string>
  booksAreRight(): Promise<void>
  close(): Promise<void>
}

export interface CallOptions {
  readonly headers?: Record<string, string>
  readonly body?: unknown
}

export const testCurrencies = [
  { code: 'usd', microcreditsPerMajorUnit: 100_000_000, minorUnitDigits: 2 },
  { code: 'eur', microcreditsPerMajorUnit: 108_000_000, minorUnitDigits: 2 },
  // Seven digits after the point: parts of it leave fractions of a microcredit.
  { code: 'chf', microcreditsPerMajorUnit: 112_333_333, minorUnitDigits: 2 },
  { code: 'jpy', microcreditsPerMajorUnit: 660_000, minorUnitDigits: 0 },
  { code: 'kwd', microcreditsPerMajorUnit: 325_000_000, minorUnitDigits: 3 },
  { code: 'huf', microcreditsPerMajorUnit: 280_000, minorUnitDigits: 0 },
]

export async function openShop(
  options: {
    readonly clock?: Clock
    readonly sandbox?: SandboxOptions
    /** Where the pages are that Stripe's page returns to. */
    readonly sdkDistPath?: string
    readonly change?: Partial<CheckoutDeps & WebhookDeps>
  } = {},
): Promise<Shop> {
  const store = await openTestDatabase()
  const sandbox = await startSandbox({ delayedAfterMs: 50, ...options.sandbox })
  const clock = options.clock ?? systemClock
  const pepper = createPepper('test pepper of the checkout')
  const partner = await createPartner(
    { db: store.db, pepper, shareBasisPointsMax: 10_000 },
    partnerTerms,
    clock.nowMs(),
  )
  let logs = ''
  const logger = pino(
    { level: 'trace' },
    {
      write: (line: string) => {
        logs += line
      },
    },
  )
  const stripe = createStripeClient(sandbox.stripe)
  const at = { db: store.db, clock, publicUrl: 'http://oc.localhost:8787' }
  const deps = {
    db: store.db,
    clock,
    logger,
    pepper,
    guestPepper: createGuestPepper('test guest pepper of the checkout'),
    stripe: { live: stripe, test: null },
    payments: {
      live: { payments: createStripePayments(stripe, { ...at, isOfLiveWorld: true }), form: null },
      test: { payments: createBuiltInPayments(at), form: null },
    },
    webhookSecrets: { live: ['', 'whsec_next_secret', sandbox.stripe.webhookSecret], test: ['whsec_test_world'] },
    sessionAuthenticator: createSessionAuthenticator({
      ...{ db: store.db, clock, pepper, publicUrl: 'http://oc.localhost:8787' },
      roleRules: { operatorEmails: [], requirePasskeyOf: [] },
    }),
    authenticator: createKeyAuthenticator({ db: store.db, clock, pepper }),
    partners: createPartnerDirectory({ db: store.db, clock }),
    originGuard: createOriginGuard({ publicUrl: 'http://oc.localhost:8787', isSandbox: false }),
    observations: createObservations({ db: store.db, clock }),
    currencies: testCurrencies,
    createThrottle,
    ...createIntake({
      addressRequestsPerMinute: 100_000,
      bodyBytesInFlightMax: 64 * 1024 * 1024,
      createThrottle,
      clientAddress: clientAddressThrough(0),
    }),
    purchaseBounds: { min: 100, max: 100_000 },
    isSandbox: true,
    sdkDistPath: options.sdkDistPath ?? '/nowhere',
    ...options.change,
  }
  const server = createServer(appOf(deps))
  const url = `http://127.0.0.1:${await listen(server)}`
  sandbox.stripe.setWebhookUrl(`${url}/webhooks/stripe`)
  const call = (method: string, path: string, given: CallOptions = {}) => callAt(url, method, path, given)
  const create: Shop['create'] = (body = {}, headers = {}) =>
    call('POST', '/v1/checkout/sessions', {
      headers,
      body: { publishable_key: partner.publishableKey, amount: 10, ...body },
    })
  return {
    url,
    db: store.db,
    sandbox,
    publishableKey: partner.publishableKey,
    partnerId: partner.id,
    deps,
    logs: () => logs,
    call,
    create,
    async open(body, headers) {
      const { status, body: answer } = await create(body, headers)
      if (status !== 200) throw new Error(`no session: ${status} ${JSON.stringify(answer)}`)
      return { sessionId: String(answer.session_id), userKey: String(answer.user_key) }
    },
    read: ({ sessionId, userKey }) =>
      call('GET', `/v1/checkout/sessions/${sessionId}`, { headers: { 'x-user-key': userKey } }),
    async balanceOf(sessionId) {
      const { user_id: userId } = await purchaseOf(store.db, sessionId)
      return (await readWallet(store.db, userId)).postedMicrocredits
    },
    statusOf: async (sessionId) => (await purchaseOf(store.db, sessionId)).status,
    async booksAreRight() {
      const report = await verifyBooks(store.db)
      if (!report.ok) throw new Error(`the books are wrong: ${JSON.stringify(report.differences)}`)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      await sandbox.close()
      await store.close()
    },
  }
}

/** Waits for something that happens by itself, such as a webhook. */
export async function until(isTrue: () => Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await new Promise((wait) => setTimeout(wait, 10))
  }
}

/** A paid session whose webhooks never came. */
export async function paidUnseen(shop: Shop): Promise<Bought> {
  const bought = await shop.open()
  const { dropWebhooks, pay } = shop.sandbox.stripe.control
  await dropWebhooks(true)
  await pay(bought.sessionId)
  await dropWebhooks(false)
  return bought
}

export async function purchaseOf(db: Database, sessionId: string) {
  return db.selectFrom('purchases').selectAll().where('stripe_session_id', '=', sessionId).executeTakeFirstOrThrow()
}

const partnerTerms = {
  name: 'Test <app> & co',
  email: 'partner@example.com',
  shareBasisPoints: 1000,
  allowedModels: null,
  origins: [],
  logoUrl: null,
  accentColor: null,
  isActive: true,
}

function appOf(deps: CheckoutDeps & WebhookDeps & ReturnDeps) {
  const app = express()
  app.use((request, response, next) => {
    assignRequestId(request, response)
    next()
  })
  app.use(createStripeWebhookRouter(deps))
  app.use(createCheckoutRouter(deps))
  app.use(createReturnRouter(deps))
  app.use(answerNotFound)
  app.use(answerErrors(deps.logger))
  return app
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function callAt(url: string, method: string, path: string, { headers, body }: CallOptions): Promise<Answer> {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(text === undefined ? {} : { body: text }),
  })
  const answer = await response.text()
  return { status: response.status, headers: response.headers, body: parse(answer) }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return { text }
  }
}
