import type { IncomingMessage } from 'node:http'
import { memberPermissions, type PartnerPermission } from '@opencredits/protocol'
import type { CreateThrottle } from '../http/throttle.ts'
import { AppError } from '../kernel/app-error.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { AppStanding } from './app-state.ts'
import { readAsked } from './asked-app.ts'
import type { PartnerCaller } from './authenticate-partner.ts'

/** A browser that is signed in on our own pages, as far as apps need to know it. */
export interface MemberSession {
  readonly sessionId: string
  readonly userId: string
  readonly verifiedAtMs: number
}

/**
 * The session of a request from our own pages, never one of a checkout frame or of a receipt's link; null without one.
 * @throws AppError 403 `origin_not_allowed` for a change that another site's page asks for, 403 `passkey_required` where the
 * operator asks members for a passkey and the session has seen none.
 */
export type FindMemberSession = (request: IncomingMessage) => Promise<MemberSession | null>

export interface MemberCallersDeps {
  readonly db: DatabaseReader
  readonly createThrottle: CreateThrottle
  readonly findMemberSession: FindMemberSession
}

/**
 * Tells which member of which app calls, and whether the role suffices. The store is asked every time, so that a membership
 * that is lost ends at once on all servers.
 */
export function createMemberCallers(deps: MemberCallersDeps) {
  const byMember = deps.createThrottle({ name: 'partner-member', times: 600, perSeconds: 60 })
  return {
    async require(
      request: IncomingMessage,
      permission: PartnerPermission,
    ): Promise<{ readonly caller: PartnerCaller; readonly app: AppStanding }> {
      const session = await deps.findMemberSession(request)
      if (session === null) throw notSignedIn()
      await byMember.take(session.userId)
      const asked = readAsked(request)
      const { role, ...app } = await findMembership(deps.db, session.userId, asked.appId)
      if (!memberPermissions[role].includes(permission)) throw missingPermission(role, permission)
      const livemode = asked.livemode ?? true
      const partnerId = livemode ? app.id : app.twin_id
      if (partnerId === null) throw new AppError('not_found', `${app.id} has no test world.`)
      const { sessionId, userId, verifiedAtMs } = session
      return {
        caller: {
          ...{ partnerId, appId: app.id, livemode },
          by: { kind: 'member', userId, sessionId, role, verifiedAtMs },
        },
        app: { state: app.state, isActive: (livemode ? app.is_active : app.is_twin_active) === 1 },
      }
    },
  }
}

async function findMembership(db: DatabaseReader, userId: string, appId: string | null) {
  const query = db
    .selectFrom('partner_members')
    .innerJoin('partners', 'partners.id', 'partner_members.partner_id')
    .leftJoin('partners as twin', 'twin.live_partner_id', 'partners.id')
    .select(['partners.id', 'partners.state', 'partners.is_active', 'partner_members.role'])
    .select(['twin.id as twin_id', 'twin.is_active as is_twin_active'])
    .where('partner_members.user_id', '=', userId)
  const rows = await (appId === null ? query : query.where('partners.id', '=', appId)).limit(2).execute()
  const [first, second] = rows
  if (first === undefined)
    throw new AppError(
      'not_found',
      appId === null ? 'You are a member of no app. Sign one up at /partner.' : 'There is no such app of yours.',
    )
  if (second === undefined) return first
  throw new AppError('invalid_request', 'app: you are a member of several apps. Say which one: ?app=par_…', {
    param: 'app',
  })
}

function notSignedIn(): AppError {
  return new AppError(
    'missing_api_key',
    'No key was sent. Send a restricted key of your app as Authorization: Bearer oc_rk_…, or sign in at /partner.',
    { headers: { 'x-should-retry': 'false' } },
  )
}

function missingPermission(role: string, permission: PartnerPermission): AppError {
  return new AppError(
    'insufficient_scope',
    `Your role in this app is ${role}, which lacks ${permission}. Ask an owner or admin of the app.`,
    { headers: { 'x-should-retry': 'false' } },
  )
}
