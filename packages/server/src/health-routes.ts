import { Router } from 'express'
import { sql } from 'kysely'
import type { Database } from './store/open-database.ts'

export interface HealthDeps {
  readonly db: Database
  readonly isSandbox: boolean
  /** True once a shutdown has been asked for. */
  readonly isLeaving: () => boolean
}

/** A load balancer asks every few seconds and must not wait for a store that hangs. */
const patienceMs = 2_000

/**
 * `GET /v1/health`, readiness: 200 while paid work is welcome and the store answers, else 503; take the server out of
 * the rotation. `GET /v1/health/live`, liveness: 200 as long as the process answers; only when it does not, restart it. A
 * store that is down is no reason to restart every server.
 */
export function createHealthRouter(deps: HealthDeps): Router {
  const router = Router()
  const mode = deps.isSandbox ? 'sandbox' : 'live'

  router.get('/v1/health/live', (_request, response) => {
    response.set('cache-control', 'no-store').json({ status: 'ok', mode })
  })

  // Claude Code asks so whether its base URL answers.
  router.head('/', (_request, response) => void response.status(200).end())

  router.get('/v1/health', async (request, response) => {
    // The older spelling of liveness.
    if (request.query.live !== undefined) {
      response.set('cache-control', 'no-store').json({ status: 'ok', database: 'ok', mode })
      return
    }
    const isStoreReady = await answersInTime(deps.db)
    const isDraining = deps.isLeaving()
    response
      .status(isStoreReady && !isDraining ? 200 : 503)
      .set('cache-control', 'no-store')
      .json({
        status: isDraining ? 'draining' : isStoreReady ? 'ok' : 'unavailable',
        database: isStoreReady ? 'ok' : 'unavailable',
        mode,
      })
  })
  return router
}

async function answersInTime(db: Database): Promise<boolean> {
  const { promise: tooLate, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(() => resolve(false), patienceMs)
  const answer = sql`select 1`.execute(db).then(
    () => true,
    () => false,
  )
  try {
    return await Promise.race([answer, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
