import type { PartnerUser } from '@opencredits/protocol'
import { Router } from 'express'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { decodeCursor, pageOf } from '../lists/cursor.ts'
import { creditsOf, secondsOf } from '../lists/formats.ts'
import { pageQuerySchema } from '../lists/page-query.ts'
import { streamCsv } from '../lists/stream-csv.ts'
import { findPartnerUser, nameUsers } from '../partners/find-partner-user.ts'
import { type FiguresDeps, requireReader, requireReaderOfWorld } from './earnings-deps.ts'
import { eachUser, listUsers, type PartnerUserEntry, readUser } from './list-users.ts'

/** `GET /v1/partner/users`, `GET /v1/partner/users.csv`, `GET /v1/partner/users/{id}`. */
export function createPartnerUserRouter(deps: FiguresDeps): Router {
  const router = Router()

  router.get('/v1/partner/users', async (request, response) => {
    const { partnerId, world } = await requireReaderOfWorld(deps, request, response)
    const query = validate(pageQuerySchema, request.query)
    const after = decodeCursor(query.after)
    await nameUsers(deps, partnerId)
    const users = await listUsers(deps.db, partnerId, { limit: query.limit + 1, after })
    response.json({
      ...world,
      ...pageOf(users, query.limit, {
        cursor: ({ firstSeenMs, publicId }) => ({ atMs: firstSeenMs, id: publicId }),
        entry: describeUser,
      }),
    })
  })

  router.get('/v1/partner/users.csv', async (request, response) => {
    const partnerId = await requireReader(deps, request, response)
    await deps.files.take(partnerId)
    await nameUsers(deps, partnerId)
    await streamCsv(response, {
      name: 'opencredits-users.csv',
      columns: ['user', 'first_seen_at', 'last_seen_at', 'calls', 'charge', 'referral_share', 'bought'],
      batches: rowsOf(deps, partnerId),
    })
  })

  router.get('/v1/partner/users/:id', async (request, response) => {
    const { partnerId, world } = await requireReaderOfWorld(deps, request, response)
    await nameUsers(deps, partnerId)
    const userId = await findPartnerUser(deps.db, partnerId, String(request.params.id))
    const user = userId === null ? null : await readUser(deps.db, partnerId, userId)
    if (user === null) throw new AppError('not_found', 'Your app has no such user.')
    response.json({ ...world, ...describeUser(user) })
  })
  return router
}

function describeUser(entry: PartnerUserEntry): PartnerUser {
  return {
    id: entry.publicId,
    first_seen_at: secondsOf(entry.firstSeenMs),
    last_seen_at: secondsOf(entry.lastSeenMs),
    calls: entry.sums.calls,
    charge: creditsOf(entry.sums.charge),
    referral_share: creditsOf(entry.sums.share),
    bought: creditsOf(entry.boughtMicrocredits),
  }
}

async function* rowsOf({ db }: FiguresDeps, partnerId: string) {
  for await (const users of eachUser(db, partnerId))
    yield users.map((entry) => {
      const user = describeUser(entry)
      const times = [entry.firstSeenMs, entry.lastSeenMs].map((atMs) => new Date(atMs).toISOString())
      return [user.id, ...times, user.calls, user.charge, user.referral_share, user.bought]
    })
}
