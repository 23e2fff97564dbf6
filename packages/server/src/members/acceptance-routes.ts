import type { InvitationOffer } from '@opencredits/protocol'
import { Router } from 'express'
import { z } from 'zod'
import { validate } from '../http/validate.ts'
import { secondsOf } from '../lists/formats.ts'
import { transact } from '../store/transact.ts'
import { acceptInvitation, findInvitation } from './accept-invitation.ts'
import { listApps } from './list-apps.ts'
import { type MembersDeps, madeBy, requireAccount } from './members-deps.ts'

export const invitationTokenSchema = z.strictObject({ token: z.string().min(1).max(100) })

/** What the page of an invitation's link does, for the account that is signed in. */
export function createAcceptanceRouter(deps: MembersDeps): Router {
  const router = Router()
  const { db, clock, pepper } = deps
  const triesPerUser = deps.createThrottle({ name: 'partner-invitation-user', times: 30, perSeconds: 900 })

  router.post('/v1/partner/invitations/read', async (request, response) => {
    const account = await requireAccount(deps, request, response)
    await triesPerUser.take(account.userId)
    const { token } = validate(invitationTokenSchema, await deps.readJson(request))
    const row = await findInvitation(db, { token, pepper, account }, clock.nowMs())
    const app = await db
      .selectFrom('partners')
      .select(['id', 'name', 'logo_url'])
      .where('id', '=', row.partner_id)
      .executeTakeFirstOrThrow()
    const offer: InvitationOffer = { app, role: row.role, expires_at: secondsOf(row.expires_at_ms) }
    response.json(offer)
  })

  router.post('/v1/partner/invitations/accept', async (request, response) => {
    const account = await requireAccount(deps, request, response)
    await triesPerUser.take(account.userId)
    const { token } = validate(invitationTokenSchema, await deps.readJson(request))
    const use = { token, pepper, account, ...madeBy(deps, request) }
    const appId = await transact(db, (transaction) => acceptInvitation(transaction, use, clock.nowMs()))
    response.json((await listApps(db, account.userId)).find(({ id }) => id === appId))
  })
  return router
}
