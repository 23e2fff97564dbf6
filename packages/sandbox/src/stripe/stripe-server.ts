import express, { type NextFunction, type Request, type Response } from 'express'
import qs from 'qs'
import { asObject, createSession } from './create-session.ts'
import { keepIdempotentAnswers } from './idempotency.ts'
import type { Cashier } from './pay-session.ts'
import { createPaymentPages } from './payment-pages.ts'
import type { PlannedFailure, StripeControl } from './stripe-control.ts'
import { answerStripeError, invalid, StripeApiError } from './stripe-error.ts'
import { apiVersion, nowSeconds, type StripeObject, type StripeState, stripeId } from './stripe-state.ts'

export interface StripeServerDeps {
  readonly state: StripeState
  readonly cashier: Cashier
  readonly control: StripeControl
  readonly planned: PlannedFailure
  readonly secretKey: string
  readonly publishableKey: string
  /** Where browsers reach it. */
  readonly publicUrl: () => string
}

/** Stripe's API, as far as checkout needs it, its payment page and its script. */
export function createStripeServer(deps: StripeServerDeps) {
  const app = express()
  app.disable('x-powered-by')
  app.use(createPaymentPages(deps))
  app.post('/_sandbox/control', express.json(), async (request, response) => {
    const { method, args } = request.body as { method: keyof StripeControl; args: unknown[] }
    const call = deps.control[method] as ((...args: unknown[]) => Promise<unknown>) | undefined
    if (call === undefined) return void response.status(404).json({ error: `no control ${method}` })
    response.json({ result: (await call(...(args ?? []))) ?? null })
  })
  app.use(
    '/v1',
    express.text({ type: () => true, limit: '1mb' }),
    authenticate(deps.secretKey),
    failAsPlanned(deps.planned),
    keepIdempotentAnswers(),
    createApi(deps),
  )
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) =>
    answerStripeError(error, response),
  )
  return app
}

function createApi(deps: StripeServerDeps) {
  const { state } = deps
  const api = express.Router()
  api.post('/checkout/sessions', (request, response) => {
    const session = createSession(parametersOf(request), deps.publicUrl())
    state.sessions.set(session.id, session)
    response.json(session)
  })
  api.get(
    '/checkout/sessions',
    (_request, response) => void response.json(listOf([...state.sessions.values()].reverse(), '/v1/checkout/sessions')),
  )
  api.get('/checkout/sessions/:id', (request, response) => {
    const session = found(state.sessions, request.params.id, 'checkout.session')
    if (session.status === 'open' && session.expires_at < nowSeconds()) deps.cashier.expire(session)
    response.json(session)
  })
  api.post('/checkout/sessions/:id/expire', (request, response) => {
    const session = found(state.sessions, request.params.id, 'checkout.session')
    if (session.status !== 'open') throw invalid('Only open sessions can be expired.', 'session')
    deps.cashier.expire(session)
    response.json(session)
  })
  api.get(
    '/payment_intents/:id',
    (request, response) => void response.json(found(state.payments, request.params.id, 'payment_intent')),
  )
  api.get('/charges/:id', (request, response) => void response.json(found(state.charges, request.params.id, 'charge')))
  api.post('/refunds', (request, response) => {
    const parameters = parametersOf(request)
    const payment = found(state.payments, String(parameters.payment_intent ?? ''), 'payment_intent')
    const refunded = [...state.refunds.values()]
      .filter((one) => one.payment_intent === payment.id && one.status !== 'failed')
      .reduce((sum, one) => sum + one.amount, 0)
    const amount = parameters.amount === undefined ? payment.amount - refunded : Number(parameters.amount)
    if (!(amount > 0 && amount + refunded <= payment.amount))
      throw invalid('Refund amount is greater than unrefunded amount.', 'amount')
    response.json(deps.cashier.refund(payment, amount))
  })
  api.get('/refunds/:id', (request, response) => void response.json(found(state.refunds, request.params.id, 'refund')))
  api.get(
    '/disputes/:id',
    (request, response) => void response.json(found(state.disputes, request.params.id, 'dispute')),
  )
  api.get('/events', (request, response) => {
    const { type } = request.query
    response.json(
      listOf(state.events.filter((event) => type === undefined || event.type === type).reverse(), '/v1/events'),
    )
  })
  api.get('/events/:id', (request, response) => {
    const event = state.events.find(({ id }) => id === request.params.id)
    if (event === undefined) throw missing('event', String(request.params.id))
    response.json(event)
  })
  api.use((request) => {
    throw new StripeApiError(
      404,
      'invalid_request_error',
      `Unrecognized request URL (${request.method}: ${request.originalUrl}).`,
    )
  })
  return api
}

function parametersOf(request: Request): Record<string, unknown> {
  return asObject(qs.parse(String(request.body ?? ''), { depth: 10, allowPrototypes: false }))
}

function authenticate(secretKey: string) {
  return (request: Request, response: Response, next: NextFunction) => {
    response.set({ 'request-id': stripeId('req'), 'stripe-version': apiVersion })
    const authorization = request.get('authorization') ?? ''
    const key = authorization.startsWith('Basic ')
      ? Buffer.from(authorization.slice(6), 'base64').toString().replace(/:.*$/, '')
      : authorization.replace(/^Bearer /, '')
    if (key !== secretKey) throw new StripeApiError(401, 'invalid_request_error', 'Invalid API Key provided.')
    next()
  }
}

function failAsPlanned(planned: PlannedFailure) {
  return (request: Request, response: Response, next: NextFunction) => {
    if (planned.count <= 0) return next()
    planned.count -= 1
    if (planned.how === 'drop') return void request.socket.destroy()
    if (planned.how === 'drop_after') {
      // The work is done and kept under its key; the answer never arrives.
      response.json = () => {
        request.socket.destroy()
        return response
      }
      return next()
    }
    throw new StripeApiError(planned.how, 'api_error', 'The stand-in fails as planned.')
  }
}

function found<Item extends StripeObject>(items: ReadonlyMap<string, Item>, id: unknown, kind: string): Item {
  const item = items.get(String(id))
  if (item === undefined) throw missing(kind, String(id))
  return item
}

function missing(kind: string, id: string): StripeApiError {
  return new StripeApiError(404, 'invalid_request_error', `No such ${kind}: '${id}'`, {
    code: 'resource_missing',
    param: 'id',
  })
}

function listOf(data: readonly StripeObject[], url: string) {
  return { object: 'list', data: data.slice(0, 100), has_more: data.length > 100, url }
}
