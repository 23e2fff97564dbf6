import { type Request, Router } from 'express'
import { listOf, textOf } from '../json.ts'
import { checkParameters, mergeMetadata, type Shape } from './check-parameters.ts'
import { listPage } from './list-page.ts'
import { readForm, readQuery } from './read-parameters.ts'
import { invalid, missingObject, missingParameter } from './stripe-error.ts'
import {
  apiVersion,
  type EndpointObject,
  nowSeconds,
  type StripeObject,
  type StripeState,
  stripeId,
} from './stripe-state.ts'

const eventFilters: Readonly<Record<string, Shape>> = {
  type: 'text',
  types: { list: 'text' },
  delivery_success: 'unused',
}
const endpointShapes: Readonly<Record<string, Shape>> = {
  url: 'url',
  enabled_events: { list: 'text' },
  api_version: 'text',
  description: 'text',
  metadata: 'metadata',
  connect: 'boolean',
}

/** Events as the API tells them, the endpoints that they are delivered to, and the account. */
export function createEventRoutes(state: StripeState): Router {
  const router = Router()
  router.get('/events', (request, response) => {
    const query = readQuery(request)
    if (query.type !== undefined && query.types !== undefined)
      throw invalid('You may only specify one of these parameters: type, types.', 'types')
    response.json(listPage(state.events, query, { url: '/v1/events', filters: eventFilters }))
  })
  router.get('/events/:id', (request, response) => {
    const event = state.events.find(({ id }) => id === request.params.id)
    if (event === undefined) throw missingObject('event', String(request.params.id))
    response.json(event)
  })

  router.post('/webhook_endpoints', (request, response) => {
    const parameters = readForm(request)
    checkParameters(parameters, endpointShapes)
    for (const name of ['url', 'enabled_events']) if (parameters[name] === undefined) throw missingParameter(name)
    const endpoint: EndpointObject = {
      id: stripeId('we'),
      object: 'webhook_endpoint',
      api_version: textOf(parameters.api_version) ?? apiVersion,
      application: null,
      created: nowSeconds(),
      description: textOf(parameters.description),
      enabled_events: listOf(parameters.enabled_events).map(String),
      livemode: false,
      metadata: mergeMetadata({}, parameters.metadata),
      secret: stripeId('whsec'),
      status: 'enabled',
      url: String(parameters.url),
    }
    state.endpoints.set(endpoint.id, endpoint)
    // Only this answer tells the secret.
    response.json(endpoint)
  })
  router.get('/webhook_endpoints', (request, response) => {
    const page = listPage(state.endpoints.values(), readQuery(request), { url: '/v1/webhook_endpoints' })
    response.json({ ...page, data: page.data.map(withoutSecret) })
  })
  router.get('/webhook_endpoints/:id', (request, response) => {
    response.json(withoutSecret(endpointOf(state, request)))
  })
  router.post('/webhook_endpoints/:id', (request, response) => {
    const parameters = readForm(request)
    checkParameters(parameters, { ...endpointShapes, disabled: 'boolean' })
    const endpoint = endpointOf(state, request)
    if (parameters.url !== undefined) endpoint.url = String(parameters.url)
    if (parameters.enabled_events !== undefined) endpoint.enabled_events = listOf(parameters.enabled_events).map(String)
    if (parameters.disabled !== undefined) endpoint.status = parameters.disabled === 'true' ? 'disabled' : 'enabled'
    response.json(withoutSecret(endpoint))
  })
  router.delete('/webhook_endpoints/:id', (request, response) => {
    const { id } = endpointOf(state, request)
    state.endpoints.delete(id)
    response.json({ id, object: 'webhook_endpoint', deleted: true })
  })

  router.get('/account', (_request, response) => {
    response.json(account)
  })
  return router
}

const account = {
  id: 'acct_sandbox',
  object: 'account',
  business_profile: { name: 'Sandbox' },
  capabilities: { card_payments: 'active', transfers: 'active' },
  charges_enabled: true,
  country: 'US',
  default_currency: 'usd',
  details_submitted: true,
  email: 'operator@example.com',
  payouts_enabled: true,
  settings: { dashboard: { display_name: 'Sandbox', timezone: 'Etc/UTC' } },
  type: 'standard',
}

function endpointOf(state: StripeState, request: Request): EndpointObject {
  const endpoint = state.endpoints.get(String(request.params.id))
  if (endpoint === undefined) throw missingObject('webhook endpoint', String(request.params.id))
  return endpoint
}

function withoutSecret({ secret: _secret, ...rest }: StripeObject) {
  return rest
}
