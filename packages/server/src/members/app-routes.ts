import type { MemberAppsResponse } from '@opencredits/protocol'
import { Router } from 'express'
import { adoptApps, findOrphans } from '../partners/adopt-apps.ts'
import { transact } from '../store/transact.ts'
import { listApps } from './list-apps.ts'
import { type MembersDeps, requireAccount } from './members-deps.ts'

/** `GET /v1/partner/apps`: where the console begins. */
export function createMemberAppRouter(deps: MembersDeps): Router {
  const router = Router()

  router.get('/v1/partner/apps', async (request, response) => {
    const session = await requireAccount(deps, request, response)
    // An app may have been made for an account that was signed in already.
    if ((await findOrphans(deps.db, session.email)).length > 0)
      await transact(deps.db, (transaction) => adoptApps(transaction, session, deps.clock.nowMs()))
    const answer: MemberAppsResponse = { data: await listApps(deps.db, session.userId), sign_up: deps.signUp.mode }
    response.json(answer)
  })
  return router
}
