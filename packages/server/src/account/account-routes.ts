import { type RequestHandler, Router } from 'express'
import { createAccountBatchRouter } from './account-batch-routes.ts'
import type { AccountDeps } from './account-deps.ts'
import { createAccountFileRouter } from './account-file-routes.ts'
import { createAccountKeyRouter } from './account-key-routes.ts'
import { createAppRouter } from './app-routes.ts'
import { createDataRouter } from './data-routes.ts'
import { createNotificationRouter } from './notification-routes.ts'
import { createPurchaseRouter } from './purchase-routes.ts'
import { createRequestRouter } from './request-routes.ts'
import { createUsageRouter } from './usage-routes.ts'

/** What a signed-in user sees and does: `/v1/account/…`. The session is the credential; keys open nothing here. */
export function createAccountRouter(deps: AccountDeps): Router {
  const router = Router()
  router.use('/v1/account', limitChanges(deps))
  router.use(createPurchaseRouter(deps))
  router.use(createUsageRouter(deps))
  router.use(createRequestRouter(deps))
  router.use(createAppRouter(deps))
  router.use(createAccountKeyRouter(deps))
  router.use(createAccountFileRouter(deps))
  router.use(createAccountBatchRouter(deps))
  router.use(createNotificationRouter(deps))
  router.use(createDataRouter(deps))
  return router
}

/**
 * Changes are written down for ever, and files are read from the first call to the last: a user has no use for hundreds of
 * them at once. What ends access is not counted, so that whoever is in somebody's account cannot use that up.
 */
function limitChanges(deps: AccountDeps): RequestHandler {
  const changes = deps.createThrottle({ name: 'account-changes-user', times: 200, perSeconds: 900 })
  return async (request, _response, next) => {
    const isFile = /\.csv$|\/export\/?$/i.test(request.path)
    const isCounted = request.method === 'GET' || request.method === 'HEAD' ? isFile : request.method !== 'DELETE'
    const session = isCounted ? await deps.sessionAuthenticator.optionalSession(request) : null
    if (session !== null) await changes.take(session.userId)
    next()
  }
}
