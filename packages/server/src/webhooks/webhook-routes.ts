import { type Request, Router } from 'express'
import type { z } from 'zod'
import { requestIdOf } from '../http/request-id.ts'
import { validate } from '../http/validate.ts'
import { decodeCursor } from '../lists/cursor.ts'
import { actorOf } from '../partners/authenticate-partner.ts'
import { readChange } from '../partners/read-change.ts'
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
    const { partnerId, world } = await callerOf(deps, request)
    const rows = await listEndpoints(db, partnerId)
    const data = rows.map((row) => ({ ...describeEndpoint(row, clock.nowMs()), ...world }))
    response.set('cache-control', 'no-store').json({ ...world, data })
  })

  router.post(endpoints, async (request, response) => {
    const { asked } = await readOf(deps, request, newEndpointSchema)
    const endpoint = { ...asked, url: await deps.checkWebhookUrl(asked.url) }
    // The look-up of a name takes as long as its owner likes.
    const { partnerId, by, world } = await callerOf(deps, request)
    const creation = { partnerId, endpoint, pepper, by }
    const made = await transact(db, (transaction) => createEndpoint(transaction, creation, clock.nowMs()))
    response.status(201).json({ ...describeWithSecret(made, clock.nowMs()), ...world })
  })

  router.patch(`${endpoints}/:id`, async (request, response) => {
    const { asked } = await readOf(deps, request, changedEndpointSchema)
    const changes = asked.url === undefined ? asked : { ...asked, url: await deps.checkWebhookUrl(asked.url) }
    const { partnerId, by, world } = await callerOf(deps, request)
    const change = { endpointId: request.params.id, partnerId, changes, by }
    const row = await transact(db, (transaction) => changeEndpoint(transaction, change, clock.nowMs()))
    response.json({ ...describeEndpoint(row, clock.nowMs()), ...world })
  })

  router.delete(`${endpoints}/:id`, async (request, response) => {
    const { partnerId, by } = await callerOf(deps, request)
    const of = { endpointId: request.params.id, partnerId, by }
    await transact(db, (transaction) => deleteEndpoint(transaction, of, clock.nowMs()))
    response.json({ id: of.endpointId, deleted: true })
  })

  router.post(`${endpoints}/:id/roll`, async (request: Request<{ id: string }>, response) => {
    const { caller, asked } = await readOf(deps, request, rollSecretSchema)
    const { partnerId, by, world } = caller
    const { grace_seconds: graceSeconds } = asked
    const roll = { endpointId: request.params.id, partnerId, graceSeconds, pepper, by }
    const rolled = await transact(db, (transaction) => rollSecret(transaction, roll, clock.nowMs()))
    response.json({ ...describeWithSecret(rolled, clock.nowMs()), ...world })
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
    const { caller, asked } = await readOf(deps, request, replaySchema)
    const { partnerId, by } = caller
    const replay = { endpointId: request.params.id, partnerId, sinceMs: asked.since * 1000, by }
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
async function callerOf(deps: WebhookRoutesDeps, request: Request<{ id: string }> | Request) {
  const caller = await deps.partnerAuthenticator.require(request, 'webhooks:write')
  const by = {
    actor: actorOf(caller),
    address: deps.clientAddress(request),
    requestId: requestIdOf(request),
  }
  return { partnerId: caller.partnerId, by, world: { app: caller.appId, livemode: caller.livemode } }
}

function readOf<Schema extends z.ZodType>(
  deps: WebhookRoutesDeps,
  request: Request<{ id: string }> | Request,
  schema: Schema,
) {
  return readChange(deps, request, { schema, requireCaller: () => callerOf(deps, request) })
}

export function describeWithSecret({ endpoint, secret }: EndpointWithSecret, nowMs: number) {
  return { ...describeEndpoint(endpoint, nowMs), secret }
}
