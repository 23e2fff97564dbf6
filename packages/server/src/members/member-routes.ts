import type { Invitation, MemberListResponse, PartnerPermission } from '@opencredits/protocol'
import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import type { Throttle } from '../http/throttle.ts'
import { validate } from '../http/validate.ts'
import { dayMs } from '../kernel/clock.ts'
import { secondsOf } from '../lists/formats.ts'
import type { CallingMember } from '../partners/partner-caller.ts'
import { requireMember } from '../partners/require-member.ts'
import { requireRecentSignIn } from '../sessions/authenticate-session.ts'
import { transact } from '../store/transact.ts'
import { normalizeEmail } from '../users/email-address.ts'
import { changeRole, handOver, leaveApp, removeMember } from './change-members.ts'
import {
  type InvitationRow,
  inviteMember,
  openInvitations,
  resendInvitation,
  withdrawInvitation,
} from './invite-member.ts'
import { listMembers } from './list-members.ts'
import { type MembersDeps, madeBy } from './members-deps.ts'
import type { ActingMember } from './own-app.ts'

const invitedRole = z.enum(['admin', 'developer', 'finance', 'viewer'])
export const invitationSchema = z.strictObject({ email: z.string().max(254), role: invitedRole })
export const changedMemberSchema = z.strictObject({ role: invitedRole })
export const handOverSchema = z.strictObject({ member_id: z.string().max(100) })

/** `/v1/partner/members` and the invitations that an app has sent. No key opens them: they hold members' addresses. */
export function createMemberRouter(deps: MembersDeps): Router {
  const router = Router()
  addInvitationRoutes(router, deps)
  const { db, clock } = deps

  router.get('/v1/partner/members', async (request, response) => {
    const { by } = await requireCallingMember(deps, request, response, 'app:read')
    const answer: MemberListResponse = {
      data: await listMembers(db, by.appId, by.userId),
      invitations: (await openInvitations(db, by.appId)).map((row) => describeInvitation(row, clock.nowMs())),
    }
    response.json(answer)
  })

  router.delete('/v1/partner/members/me', async (request, response) => {
    const { by } = await requireCallingMember(deps, request, response, 'app:read')
    await transact(db, (transaction) => leaveApp(transaction, by, clock.nowMs()))
    response.json({ id: by.appId, left: true })
  })

  router.patch('/v1/partner/members/:id', async (request: Request<{ id: string }>, response) => {
    const { by, member } = await requireCallingMember(deps, request, response, 'members:write')
    requireRecentSignIn(member, clock.nowMs())
    const { role } = validate(changedMemberSchema, await deps.readJson(request))
    const memberId = request.params.id
    await transact(db, (transaction) => changeRole(transaction, { by, memberId, role }, clock.nowMs()))
    response.json({ id: memberId, role })
  })

  router.delete('/v1/partner/members/:id', async (request: Request<{ id: string }>, response) => {
    const { by } = await requireCallingMember(deps, request, response, 'members:write')
    const memberId = request.params.id
    await transact(db, (transaction) => removeMember(transaction, { by, memberId }, clock.nowMs()))
    response.json({ id: memberId, deleted: true })
  })

  router.post('/v1/partner/owner', async (request, response) => {
    const { by, member } = await requireCallingMember(deps, request, response, 'app:read')
    requireRecentSignIn(member, clock.nowMs())
    const { member_id: memberId } = validate(handOverSchema, await deps.readJson(request))
    await transact(db, (transaction) => handOver(transaction, { by, memberId }, clock.nowMs()))
    response.json({ owner: memberId })
  })
  return router
}

const invitations = '/v1/partner/invitations'

function addInvitationRoutes(router: Router, deps: MembersDeps): void {
  const { db, clock, pepper } = deps
  const mailLimits = createMailLimits(deps)

  router.post(invitations, async (request, response) => {
    const { by, member } = await requireCallingMember(deps, request, response, 'members:write')
    requireRecentSignIn(member, clock.nowMs())
    const { email: written, role } = validate(invitationSchema, await deps.readJson(request))
    const email = normalizeEmail(written)
    await mailLimits.take(by, email)
    const invitation = { email, role }
    const row = await transact(db, (transaction) =>
      inviteMember(transaction, { by, pepper, invitation }, clock.nowMs()),
    )
    response.status(201).json(describeInvitation(row, clock.nowMs()))
  })

  router.post(`${invitations}/:id/resend`, async (request: Request<{ id: string }>, response) => {
    const { by } = await requireCallingMember(deps, request, response, 'members:write')
    const invitationId = request.params.id
    const own = (await openInvitations(db, by.appId)).find(({ id }) => id === invitationId)
    if (own !== undefined) await mailLimits.take(by, own.email)
    const row = await transact(db, (transaction) =>
      resendInvitation(transaction, { by, pepper, invitationId }, clock.nowMs()),
    )
    response.json(describeInvitation(row, clock.nowMs()))
  })

  router.delete(`${invitations}/:id`, async (request: Request<{ id: string }>, response) => {
    const { by } = await requireCallingMember(deps, request, response, 'members:write')
    const invitationId = request.params.id
    await transact(db, (transaction) => withdrawInvitation(transaction, { by, invitationId }, clock.nowMs()))
    response.json({ id: invitationId, deleted: true })
  })
}

/** Strangers get these mails: few from one app, few by one member, whose apps may be many, and few to one address. */
function createMailLimits({ createThrottle }: MembersDeps) {
  const perSeconds = dayMs / 1000
  const byApp: Throttle = createThrottle({ name: 'partner-invitations-app', times: 50, perSeconds })
  const byMember: Throttle = createThrottle({ name: 'partner-invitations-member', times: 100, perSeconds })
  const byAddress: Throttle = createThrottle({ name: 'partner-invitations-address', times: 10, perSeconds })
  return {
    async take({ appId, userId }: Pick<ActingMember, 'appId' | 'userId'>, email: string): Promise<void> {
      await byApp.take(appId)
      await byMember.take(userId)
      await byAddress.take(email)
    },
  }
}

/**
 * The member who calls. The answer is for this member alone, so no cache keeps it.
 * @throws AppError 403 `insufficient_scope` for a key
 */
export async function requireCallingMember(
  deps: MembersDeps,
  request: Request<{ id: string }> | Request,
  response: Response,
  permission: PartnerPermission,
): Promise<{ readonly by: ActingMember; readonly member: CallingMember }> {
  response.set('cache-control', 'no-store')
  const { appId, by: member } = requireMember(await deps.partnerAuthenticator.require(request, permission))
  return { by: { appId, userId: member.userId, ...madeBy(deps, request) }, member }
}

function describeInvitation(row: InvitationRow, nowMs: number): Invitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    sent_at: secondsOf(row.sent_at_ms),
    expires_at: secondsOf(row.expires_at_ms),
    is_expired: row.expires_at_ms <= nowMs,
  }
}
