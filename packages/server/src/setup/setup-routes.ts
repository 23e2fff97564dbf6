import { type Request, Router } from 'express'
import { validate } from '../http/validate.ts'
import { decodeCursor, type ListCursor, pageOf } from '../lists/cursor.ts'
import { pageQuerySchema } from '../lists/page-query.ts'
import { describeSeen } from './describe-seen.ts'
import { describeSetup } from './describe-setup.ts'
import { readChecks } from './read-checks.ts'
import { readSeen, type Seen } from './read-seen.ts'
import type { SetupDeps } from './setup-deps.ts'

/** `GET /v1/partner/setup`, `GET /v1/partner/setup/log`: what a developer watches while integrating an app. */
export function createSetupRouter(deps: SetupDeps): Router {
  const router = Router()

  router.get('/v1/partner/setup', async (request, response) => {
    const { world, appId } = await worldOf(deps, request)
    const done = await readChecks(deps.db, world, deps.clock.nowMs())
    const live = await deps.partners.byId(appId)
    response.set('cache-control', 'no-store').json(describeSetup(deps, { world, live, done }))
  })

  router.get('/v1/partner/setup/log', async (request, response) => {
    const { world } = await worldOf(deps, request)
    const { after, limit } = validate(pageQuerySchema, request.query)
    const place = decodeCursor(after)
    const seen = await readSeen(deps.db, world.partner.id, deps.clock.nowMs())
    const rest = place === null ? seen : seen.filter((one) => isAfter(one, place))
    const app = { terms: world.partner, isSandbox: deps.isSandbox }
    const page = pageOf(rest, limit, { cursor: cursorOf, entry: (one) => describeSeen(one, app) })
    response.set('cache-control', 'no-store').json(page)
  })
  return router
}

async function worldOf({ partnerAuthenticator, partners, isSandbox }: SetupDeps, request: Request) {
  const { partnerId, appId, livemode } = await partnerAuthenticator.require(request, 'app:read')
  return { appId, world: { partner: await partners.byId(partnerId), livemode, isSandbox } }
}

function cursorOf(seen: Seen): ListCursor {
  return { atMs: seen.lastAtMs, id: seen.id }
}

/** Further down the list, which is ordered by time and then by id. */
function isAfter(seen: Seen, { atMs, id }: ListCursor): boolean {
  return seen.lastAtMs < atMs || (seen.lastAtMs === atMs && seen.id < id)
}
