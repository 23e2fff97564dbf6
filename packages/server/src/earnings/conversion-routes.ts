import type { PartnerConversion } from '@opencredits/protocol'
import { Router } from 'express'
import { z } from 'zod'
import { validate } from '../http/validate.ts'
import { secondsOf } from '../lists/formats.ts'
import { periodQuery, readPeriod } from '../lists/period.ts'
import { type FiguresDeps, requireReaderOfWorld } from './earnings-deps.ts'
import { wholeMonthDays } from './earnings-routes.ts'
import { readConversion, readOpenedSince } from './read-conversion.ts'

export const conversionQuerySchema = z.object(periodQuery)

/** `GET /v1/partner/conversion`. */
export function createConversionRouter(deps: FiguresDeps): Router {
  const router = Router()
  router.get('/v1/partner/conversion', async (request, response) => {
    const { partnerId, world } = await requireReaderOfWorld(deps, request, response)
    const period = readPeriod(validate(conversionQuerySchema, request.query), deps.clock.nowMs())
    // Whoever has the publishable key begins purchases, so there may be many more than are paid.
    if (period.days.length > wholeMonthDays) await deps.searches.take(partnerId)
    const answer: PartnerConversion = {
      ...world,
      ...{ from: period.from, to: period.to, time_zone: period.timeZone },
      ...(await readConversion(deps.db, partnerId, period)),
      opened_since: secondsOf(await readOpenedSince(deps.db, partnerId)),
    }
    response.json(answer)
  })
  return router
}
