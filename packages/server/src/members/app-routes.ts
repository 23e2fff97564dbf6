import type { MemberAppsResponse, PartnerLogResponse } from '@opencredits/protocol'
import { Router } from 'express'
import { validate } from '../http/validate.ts'
import { decodeCursor, pageOf } from '../lists/cursor.ts'
import { pageQuerySchema } from '../lists/page-query.ts'
import { adoptApps, findOrphans } from '../partners/adopt-apps.ts'
import { requireRecentSignIn } from '../sessions/authenticate-session.ts'
import { transact } from '../store/transact.ts'
import { applicationSchema } from './application-schema.ts'
import { applyForApp } from './apply-for-app.ts'
import { closeApp } from './decide-app.ts'
import { listApps } from './list-apps.ts'
import { actsOfApp, describeAppLogEntry } from './list-log.ts'
import { requireCallingMember } from './member-routes.ts'
import { type MembersDeps, madeBy, requireAccount } from './members-deps.ts'

/** Where the console begins: one's apps, how a new one is signed up, and what was done to one. */
export function createMemberAppRouter(deps: MembersDeps): Router {
  const router = Router()
  const { db, clock } = deps

  router.get('/v1/partner/apps', async (request, response) => {
    const session = await requireAccount(deps, request, response)
    // An app may have been made for an account that was signed in already.
    if ((await findOrphans(db, session.email)).length > 0)
      await transact(db, (transaction) => adoptApps(transaction, session, clock.nowMs()))
    const answer: MemberAppsResponse = { data: await listApps(db, session.userId), sign_up: deps.signUp.mode }
    response.json(answer)
  })

  router.post('/v1/partner/applications', async (request, response) => {
    const account = await requireAccount(deps, request, response)
    const application = validate(applicationSchema, await deps.readJson(request))
    const operators = deps.roleRules.operatorEmails.length
    const asked = { application, account, signUp: deps.signUp, operators, ...madeBy(deps, request) }
    const appId = await transact(db, (transaction) => applyForApp(transaction, asked, clock.nowMs()))
    response.status(201).json((await listApps(db, account.userId)).find(({ id }) => id === appId))
  })

  router.post('/v1/partner/close', async (request, response) => {
    const { by, member } = await requireCallingMember(deps, request, response, 'app:read')
    requireRecentSignIn(member, clock.nowMs())
    await transact(db, (transaction) => closeApp(transaction, by, clock.nowMs()))
    response.json({ id: by.appId, state: 'closed' })
  })

  router.get('/v1/partner/audit_log', async (request, response) => {
    const { by } = await requireCallingMember(deps, request, response, 'members:write')
    const { after, limit } = validate(pageQuerySchema, request.query)
    const rows = await actsOfApp(db, by.appId, { after: decodeCursor(after), limit: limit + 1 })
    const cursor = (row: { readonly at_ms: number; readonly id: string }) => ({ atMs: row.at_ms, id: row.id })
    const answer: PartnerLogResponse = pageOf(rows, limit, { cursor, entry: describeAppLogEntry })
    response.json(answer)
  })
  return router
}
