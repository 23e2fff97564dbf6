import { Router } from 'express'
import { z } from 'zod'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { changeConsent, withdrawConsent } from '../keys/consents.ts'
import { budgetFields } from '../keys/key-limits.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { type AccountDeps, actingUser, requireUser } from './account-deps.ts'
import { listApps } from './list-apps.ts'

export const appChangeSchema = z.strictObject(budgetFields).partial()

/** `GET /v1/account/apps`, `PATCH` and `DELETE /v1/account/apps/{id}`; the checkout's frame asks them in both worlds. */
export function createAppRouter(deps: AccountDeps): Router {
  const router = Router()

  router.get('/v1/account/apps', async (request, response) => {
    const session = await requireUser(deps, request, response, 'any')
    response.json({ data: await listApps(deps, session) })
  })

  router.patch('/v1/account/apps/:id', async (request, response) => {
    const session = await requireUser(deps, request, response, 'any')
    const changes = validate(appChangeSchema, await deps.readJson(request))
    const partnerId = await findRow(deps.db, request.params.id, session)
    const change = { partnerId, changes, by: actingUser(deps, request, session) }
    const nowMs = deps.clock.nowMs()
    await transact(deps.db, (transaction) => changeConsent(transaction, change, nowMs))
    deps.authenticator.forgetAll()
    const app = (await listApps(deps, session)).find(({ id }) => id === request.params.id)
    if (app === undefined) throw new AppError('not_found', 'This app is not connected.')
    response.json(app)
  })

  router.delete('/v1/account/apps/:id', async (request, response) => {
    const session = await requireUser(deps, request, response, 'any')
    const { id } = request.params
    const partnerId = await findRow(deps.db, id, session)
    const withdrawal = { partnerId, by: actingUser(deps, request, session) }
    const revoked = await transact(deps.db, (transaction) =>
      withdrawConsent(transaction, withdrawal, deps.clock.nowMs()),
    )
    deps.authenticator.forgetAll()
    response.json({ id, deleted: true, keys_revoked: revoked })
  })
  return router
}

/** An app has one id, and a row in each world; a user is connected with the one of the user's own world. */
async function findRow(
  db: DatabaseReader,
  appId: string,
  { livemode }: { readonly livemode: boolean },
): Promise<string> {
  if (livemode) return appId
  const twin = await db.selectFrom('partners').select('id').where('live_partner_id', '=', appId).executeTakeFirst()
  return twin?.id ?? appId
}
