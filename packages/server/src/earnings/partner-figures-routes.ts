import { Router } from 'express'
import { createConversionRouter } from './conversion-routes.ts'
import type { EarningsDeps, FiguresDeps } from './earnings-deps.ts'
import { createEarningsRouter } from './earnings-routes.ts'
import { createPartnerRequestRouter } from './partner-request-routes.ts'
import { createRequestStoryRouter } from './partner-request-story-routes.ts'
import { createPartnerUserRouter } from './partner-user-routes.ts'
import { createWhatIfRouter } from './what-if-routes.ts'

/** What an app's server reads of the app: `/v1/partner/…`, with a restricted key that has `usage:read`. */
export function createPartnerFiguresRouter(input: EarningsDeps, pricing: FiguresDeps['pricing']): Router {
  const router = Router()
  const deps = {
    ...input,
    pricing,
    files: input.createThrottle({ name: 'partner-files', times: 60, perSeconds: 900 }),
    searches: input.createThrottle({ name: 'partner-searches', times: 60, perSeconds: 60 }),
  }
  router.use(createEarningsRouter(deps))
  router.use(createConversionRouter(deps))
  router.use(createWhatIfRouter(deps))
  router.use(createPartnerRequestRouter(deps))
  router.use(createRequestStoryRouter(deps))
  router.use(createPartnerUserRouter(deps))
  return router
}
