import { Router } from 'express'
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
