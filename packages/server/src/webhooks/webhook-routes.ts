import { type Request, Router } from 'express'
import { requestIdOf } from '../http/request-id.ts'
import { validate } from '../http/validate.ts'
import { decodeCursor } from '../lists/cursor.ts'
import { actorOf } from '../partners/partner-caller.ts'
import { transact } from '../store/transact.ts'
import { describeEndpoint } from './describe-endpoint.ts'
import { changedEndpointSchema, newEndpointSchema, replaySchema, rollSecretSchema } from './endpoint-schemas.ts'
import { deliveriesQuerySchema, listDeliveries, readDelivery } from './list-deliveries.ts'
import { eventsQuerySchema, listEvents } from './list-events.ts'
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  type EndpointWithSecret,
  listEndpoints,
  rollSecret,
} from './manage-endpoints.ts'
import { findOwnEndpoint } from './own-endpoint.ts'
import { pingEndpoint, replayMax, replayMissed, retryDelivery } from './requeue-deliveries.ts'
import type { WebhookRoutesDeps } from './webhook-deps.ts'

const endpoints = '/v1/partner/webhook_endpoints'

/** Webhooks of a partner, for whoever has `webhooks:write`. */
export function createWebhookRouter(deps: WebhookRoutesDeps): Router {
  const router = Router()
  addEndpointRoutes(router, deps)
  addSendRoutes(router, deps)

  router.get('/v1/partner/webhook_events', async (request, response) => {
    const { partnerId } = await callerOf(deps, request)
    const { after, ...page } = validate(eventsQuerySchema, request.query)
    const listed = await listEvents(deps, partnerId, { ...page, after: decodeCursor(after) })
    response.set('cache-control', 'no-store').json(listed)
  })

  router.get('/v1/partner/webhook_deliveries', async (request, response) => {
    const { partnerId } = await callerOf(deps, request)
    const { after, ...page } = validate(deliveriesQuerySchema, request.query)
    const listed = await listDeliveries(deps.db, partnerId, { ...page, after: decodeCursor(after) })
    response.set('cache-control', 'no-store').json(listed)
  })

  router.get('/v1/partner/webhook_deliveries/:id', async (request, response) => {
    const { partnerId } = await callerOf(deps, request)
    const delivery = await readDelivery(deps, { deliveryId: request.params.id, partnerId })
    response.set('cache-control', 'no-store').json(delivery)
  })
  return router
}

function addEndpointRoutes(router: Router, deps: WebhookRoutesDeps): void {
  const { db, clock, pepper } = deps

  router.get(endpoints, async (request, response) => {
    const { partnerId } = await callerOf(deps, request)
    const rows = await listEndpoints(db, partnerId)
    response.set('cache-control', 'no-store').json({ data: rows.map((row) => describeEndpoint(row, clock.nowMs())) })
  })

  router.post(endpoints, async (request, response) => {
    const { partnerId, by } = await callerOf(deps, request)
    const asked = validate(newEndpointSchema, await deps.readJson(request))
    const endpoint = { ...asked, url: await deps.checkWebhookUrl(asked.url) }
    const creation = { partnerId, endpoint, pepper, by }
    const made = await transact(db, (transaction) => createEndpoint(transaction, creation, clock.nowMs()))
    response.status(201).json(describeWithSecret(made, clock.nowMs()))
  })

  router.patch(`${endpoints}/:id`, async (request, response) => {
    const { partnerId, by } = await callerOf(deps, request)
    const asked = validate(changedEndpointSchema, await deps.readJson(request))
    const changes = asked.url === undefined ? asked : { ...asked, url: await deps.checkWebhookUrl(asked.url) }
    const change = { endpointId: request.params.id, partnerId, changes, by }
    const row = await transact(db, (transaction) => changeEndpoint(transaction, change, clock.nowMs()))
    response.json(describeEndpoint(row, clock.nowMs()))
  })

  router.delete(`${endpoints}/:id`, async (request, response) => {
    const { partnerId, by } = await callerOf(deps, request)
    const of = { endpointId: request.params.id, partnerId, by }
    await transact(db, (transaction) => deleteEndpoint(transaction, of, clock.nowMs()))
    response.json({ id: of.endpointId, deleted: true })
  })

  router.post(`${endpoints}/:id/roll`, async (request: Request<{ id: string }>, response) => {
    const { partnerId, by } = await callerOf(deps, request)
    const { grace_seconds: graceSeconds } = validate(rollSecretSchema, await deps.readJson(request))
    const roll = { endpointId: request.params.id, partnerId, graceSeconds, pepper, by }
    const rolled = await transact(db, (transaction) => rollSecret(transaction, roll, clock.nowMs()))
    response.json(describeWithSecret(rolled, clock.nowMs()))
  })
}

function addSendRoutes(router: Router, deps: WebhookRoutesDeps): void {
  const { db, clock } = deps
  // Whoever owns the host may be somebody else: many apps' tests are not aimed at one of them.
  const byHost = deps.createThrottle({ name: 'webhook-sends-host', times: 30, perSeconds: 60 })

  router.post(`${endpoints}/:id/ping`, async (request: Request<{ id: string }>, response) => {
    const { partnerId } = await callerOf(deps, request)
    const of = { endpointId: request.params.id, partnerId }
    await byHost.take(new URL((await findOwnEndpoint(db, of)).url).host)
    const eventId = await transact(db, (transaction) => pingEndpoint(transaction, of, clock.nowMs()))
    response.json({ event_id: eventId })
  })

  router.post(`${endpoints}/:id/replay`, async (request: Request<{ id: string }>, response) => {
    const { partnerId, by } = await callerOf(deps, request)
    const { since } = validate(replaySchema, await deps.readJson(request))
    const replay = { endpointId: request.params.id, partnerId, sinceMs: since * 1000, by }
    const replayed = await transact(db, (transaction) => replayMissed(transaction, replay, clock.nowMs()))
    response.json({ replayed, has_more: replayed === replayMax })
  })

  router.post('/v1/partner/webhook_deliveries/:id/retry', async (request: Request<{ id: string }>, response) => {
    const { partnerId } = await callerOf(deps, request)
    const of = { deliveryId: request.params.id, partnerId }
    await byHost.take(new URL((await readDelivery(deps, of)).url).host)
    await transact(db, (transaction) => retryDelivery(transaction, of, clock.nowMs()))
    response.json(await readDelivery(deps, of))
  })
}

/** Of which app, and how the audit log names who calls. */
async function callerOf(deps: WebhookRoutesDeps, request: Request) {
  const caller = await deps.partnerAuthenticator.require(request, 'webhooks:write')
  const by = {
    actor: actorOf(caller),
    address: deps.clientAddress(request),
    requestId: requestIdOf(request),
  }
  return { partnerId: caller.partnerId, by }
}

export function describeWithSecret({ endpoint, secret }: EndpointWithSecret, nowMs: number) {
  return { ...describeEndpoint(endpoint, nowMs), secret }
}
