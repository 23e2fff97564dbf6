import { Router } from 'express'
import { z } from 'zod'
import { validate } from '../http/validate.ts'
import { recordOwnAct } from '../keys/acting-user.ts'
import { decodeCursor, pageOf } from '../lists/cursor.ts'
import { pageQuerySchema } from '../lists/page-query.ts'
import { streamTexts } from '../lists/stream-csv.ts'
import { requireRecentSignIn } from '../sessions/authenticate-session.ts'
import { createSessionCookie } from '../sessions/session-cookie.ts'
import { transact } from '../store/transact.ts'
import { type AccountDeps, actingUser, requireUser } from './account-deps.ts'
import { erasePerson } from './erase-user.ts'
import { exportAccount } from './export-account.ts'
import { actsOf, describeLogEntry, namesOfActs } from './list-log.ts'

export const deletionSchema = z.strictObject({
  forfeit: z.boolean().default(false).describe('the credits that are left may go'),
})

/** `GET /v1/account/log`, `GET /v1/account/export`, `POST /v1/account/delete`. */
export function createDataRouter(deps: AccountDeps): Router {
  const router = Router()
  const cookie = createSessionCookie(deps.publicUrl)

  router.get('/v1/account/log', async (request, response) => {
    const { userId } = await requireUser(deps, request, response)
    const query = validate(pageQuerySchema, request.query)
    const rows = await actsOf(deps.db, userId, { after: decodeCursor(query.after), limit: query.limit + 1 })
    const names = await namesOfActs(deps.db, rows)
    response.json(
      pageOf(rows, query.limit, {
        cursor: (row) => ({ atMs: row.at_ms, id: row.id }),
        entry: (row) => describeLogEntry(row, names),
      }),
    )
  })

  router.get('/v1/account/export', async (request, response) => {
    const session = await requireUser(deps, request, response)
    const nowMs = deps.clock.nowMs()
    const act = { action: 'account.exported', target: { kind: 'user', id: session.userId } }
    await transact(deps.db, (transaction) => recordOwnAct(transaction, actingUser(deps, request, session), act, nowMs))
    response.setHeader('content-type', 'application/json; charset=utf-8')
    response.setHeader('content-disposition', 'attachment; filename="opencredits-export.json"')
    await streamTexts(response, exportAccount(deps, session.userId, nowMs))
  })

  router.post('/v1/account/delete', async (request, response) => {
    const session = await requireUser(deps, request, response)
    const nowMs = deps.clock.nowMs()
    requireRecentSignIn(session, nowMs)
    const { forfeit } = validate(deletionSchema, await deps.readJson(request))
    const { requestId } = actingUser(deps, request, session)
    const by = { actor: { kind: 'user', id: session.userId }, requestId: requestId ?? null } as const
    await transact(deps.db, (transaction) =>
      erasePerson(transaction, { userId: session.userId, isForfeiting: forfeit, by }, nowMs),
    )
    deps.authenticator.forgetAll()
    response.append('set-cookie', cookie.clear(session.place)).json({ deleted: true })
  })
  return router
}
