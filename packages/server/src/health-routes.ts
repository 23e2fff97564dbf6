import { Router } from 'express'
import { sql } from 'kysely'
import type { Database } from './store/open-database.ts'

export interface HealthDeps {
  readonly db: Database
  readonly isSandbox: boolean
  /** False once a shutdown has begun. */
  readonly isAdmitting: () => boolean
}

/** `GET /v1/health`: 200 while paid work is admitted and the store answers, else 503. `?live` asks only for the process. */
export function createHealthRouter(deps: HealthDeps): Router {
  const router = Router()
  // Claude Code asks so whether its base URL answers.
  router.head('/', (_request, response) => void response.status(200).end())

  router.get('/v1/health', async (request, response) => {
    const isLivenessProbe = request.query.live !== undefined
    const isStoreReady = isLivenessProbe || (await answers(deps.db))
    const isReady = isLivenessProbe || (isStoreReady && deps.isAdmitting())
    response
      .status(isReady ? 200 : 503)
      .set('cache-control', 'no-store')
      .json({
        status: isReady ? 'ok' : 'unavailable',
        database: isStoreReady ? 'ok' : 'unavailable',
        mode: deps.isSandbox ? 'sandbox' : 'live',
      })
  })
  return router
}

async function answers(db: Database): Promise<boolean> {
  try {
    await sql`select 1`.execute(db)
    return true
  } catch {
    return false
  }
}
