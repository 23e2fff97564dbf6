import { type Request, type Response, Router } from 'express'
import { type Fields, textOf } from '../json.ts'
import { checkParameters, mergeMetadata, type Shape } from './check-parameters.ts'
import { closeDispute } from './dispute-payment.ts'
import { expandObject } from './expand-object.ts'
import { listPage } from './list-page.ts'
import type { Bank } from './pay-session.ts'
import { readForm, readQuery } from './read-parameters.ts'
import { finishRefund, refundPayment } from './refund-payment.ts'
import { invalid, missingObject, missingParameter } from './stripe-error.ts'
import type { PaymentObject, RefundObject, StripeObject } from './stripe-state.ts'

const refundShapes: Readonly<Record<string, Shape>> = {
  payment_intent: 'text',
  charge: 'text',
  amount: 'integer',
  reason: ['duplicate', 'fraudulent', 'requested_by_customer'],
  metadata: 'metadata',
  expand: { list: 'text' },
}

interface Kind {
  readonly path: string
  readonly kind: string
  readonly objects: ReadonlyMap<string, StripeObject>
  readonly filters: Readonly<Record<string, Shape>>
}

/** What follows a checkout: payment intents, charges, refunds, disputes. */
export function createPaymentRoutes(bank: Bank): Router {
  const { state } = bank
  const router = Router()
  const answer = (response: Response, object: StripeObject, parameters: Fields) =>
    response.json(expandObject(state, object, parameters.expand))

  const kinds: readonly Kind[] = [
    { path: '/payment_intents', kind: 'payment_intent', objects: state.payments, filters: {} },
    { path: '/charges', kind: 'charge', objects: state.charges, filters: { payment_intent: 'text' } },
    { path: '/refunds', kind: 'refund', objects: state.refunds, filters: { payment_intent: 'text', charge: 'text' } },
    {
      path: '/disputes',
      kind: 'dispute',
      objects: state.disputes,
      filters: { payment_intent: 'text', charge: 'text' },
    },
  ]
  for (const { path, kind, objects, filters } of kinds) {
    router.get(path, (request, response) => {
      const query = readQuery(request)
      const page = listPage(objects.values(), query, { url: `/v1${path}`, filters })
      response.json(expandObject(state, page, query.expand))
    })
    router.get(`${path}/:id`, (request, response) => {
      const query = readQuery(request)
      checkParameters(query, { expand: { list: 'text' } })
      answer(response, found(objects, request.params.id, kind), query)
    })
  }

  router.post('/refunds', (request, response) => {
    const parameters = readForm(request)
    checkParameters(parameters, refundShapes)
    const refund = refundPayment(bank, paymentOf(bank, parameters), {
      amount: parameters.amount === undefined ? undefined : Number(parameters.amount),
      reason: textOf(parameters.reason),
      metadata: mergeMetadata({}, parameters.metadata),
    })
    answer(response, refund, parameters)
  })
  router.post('/refunds/:id', (request, response) => {
    const parameters = readForm(request)
    checkParameters(parameters, { metadata: 'metadata', expand: { list: 'text' } })
    const refund = refundOf(bank, request)
    refund.metadata = mergeMetadata(refund.metadata, parameters.metadata)
    bank.emit('refund.updated', refund)
    answer(response, refund, parameters)
  })
  router.post('/refunds/:id/cancel', (request, response) => {
    const refund = refundOf(bank, request)
    if (refund.status !== 'pending') throw invalid(`A refund that is ${refund.status} cannot be canceled.`, 'refund')
    finishRefund(bank, refund, 'canceled')
    answer(response, refund, {})
  })
  router.post('/disputes/:id/close', (request, response) => {
    const dispute = found(state.disputes, request.params.id, 'dispute')
    closeDispute(bank, dispute, 'lost')
    answer(response, dispute, {})
  })
  return router
}

/** A refund names the payment, or one charge of it. */
function paymentOf(bank: Bank, parameters: Fields): PaymentObject {
  const { payment_intent: paymentId, charge: chargeId } = parameters
  if (paymentId === undefined && chargeId === undefined) throw missingParameter('payment_intent')
  if (chargeId === undefined) return found(bank.state.payments, paymentId, 'payment_intent', 'payment_intent')
  const charge = found(bank.state.charges, chargeId, 'charge', 'charge')
  if (paymentId !== undefined && charge.payment_intent !== paymentId)
    throw invalid('The charge does not belong to this PaymentIntent.', 'charge')
  return found(bank.state.payments, charge.payment_intent, 'payment_intent')
}

function refundOf(bank: Bank, request: Request): RefundObject {
  return found(bank.state.refunds, request.params.id, 'refund')
}

function found<Item extends StripeObject>(
  items: ReadonlyMap<string, Item>,
  id: unknown,
  kind: string,
  param = 'id',
): Item {
  const item = items.get(String(id))
  if (item === undefined) throw missingObject(kind, String(id), param)
  return item
}
