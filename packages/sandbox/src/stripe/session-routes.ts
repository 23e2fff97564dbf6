import { type Request, type Response, Router } from 'express'
import { checkParameters, mergeMetadata } from './check-parameters.ts'
import { createSession } from './create-session.ts'
import { expandObject } from './expand-object.ts'
import { listPage } from './list-page.ts'
import { type Bank, expireSession } from './pay-session.ts'
import { readForm, readQuery } from './read-parameters.ts'
import { missingObject, StripeApiError } from './stripe-error.ts'
import { nowSeconds, type SessionObject } from './stripe-state.ts'

const path = '/checkout/sessions'

/** Checkout sessions: create, retrieve, list, update, expire, line items. */
export function createSessionRoutes(deps: { readonly bank: Bank; readonly publicUrl: () => string }): Router {
  const { bank } = deps
  const { state } = bank
  const router = Router()
  const sessionOf = (request: Request): SessionObject => {
    const session = state.sessions.get(String(request.params.id))
    if (session === undefined) throw missingObject('checkout.session', String(request.params.id), 'session')
    return session
  }
  const answer = (response: Response, session: SessionObject, expand: unknown) =>
    response.json(expandObject(state, { ...session, ...lineItemsIfAsked(bank, session, expand) }, expand))

  router.post(path, (request, response) => {
    const parameters = readForm(request)
    const { session, plan } = createSession(parameters, deps.publicUrl())
    state.sessions.set(session.id, session)
    state.paymentPlans.set(session.id, plan)
    expireInTime(bank, session)
    answer(response, session, parameters.expand)
  })
  router.get(path, (request, response) => {
    const filters = { payment_intent: 'text', status: ['open', 'complete', 'expired'], customer: 'text' } as const
    const query = readQuery(request)
    const page = listPage(state.sessions.values(), query, { url: `/v1${path}`, filters })
    response.json(expandObject(state, page, query.expand))
  })
  router.get(`${path}/:id`, (request, response) => {
    const query = readQuery(request)
    checkParameters(query, { expand: { list: 'text' } })
    answer(response, sessionOf(request), query.expand)
  })
  router.post(`${path}/:id`, (request, response) => {
    const parameters = readForm(request)
    checkParameters(parameters, { metadata: 'metadata', expand: { list: 'text' } })
    const session = sessionOf(request)
    session.metadata = mergeMetadata(session.metadata, parameters.metadata)
    answer(response, session, parameters.expand)
  })
  router.post(`${path}/:id/expire`, (request, response) => {
    const parameters = readForm(request)
    checkParameters(parameters, { expand: { list: 'text' } })
    const session = sessionOf(request)
    if (session.status !== 'open') {
      const message = `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`
      throw new StripeApiError(400, 'invalid_request_error', message)
    }
    expireSession(bank, session)
    answer(response, session, parameters.expand)
  })
  router.get(`${path}/:id/line_items`, (request, response) => {
    const session = sessionOf(request)
    response.json({ ...lineItems(bank, session), url: `/v1${path}/${session.id}/line_items` })
  })
  return router
}

/** Line items come only when they are asked for. */
function lineItemsIfAsked(bank: Bank, session: SessionObject, expand: unknown) {
  return Array.isArray(expand) && expand.includes('line_items') ? { line_items: lineItems(bank, session) } : {}
}

function lineItems(bank: Bank, session: SessionObject) {
  const plan = bank.state.paymentPlans.get(session.id)
  const item = {
    id: `li_${session.id.slice(8, 32)}`,
    object: 'item',
    amount_discount: 0,
    amount_subtotal: session.amount_total,
    amount_tax: 0,
    amount_total: session.amount_total,
    currency: session.currency,
    description: plan?.lineItemName ?? null,
    quantity: plan?.quantity ?? 1,
  }
  return { object: 'list', data: [item], has_more: false, url: `/v1${path}/${session.id}/line_items` }
}

/** By itself when its time is over, as at Stripe. */
function expireInTime(bank: Bank, session: SessionObject): void {
  const leftMs = (session.expires_at - nowSeconds()) * 1000
  setTimeout(() => expireSession(bank, session), leftMs).unref()
}
