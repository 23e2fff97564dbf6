import type { Request, Response } from 'express'
import type { ClientAddress } from '../http/client-address.ts'
import type { ReadJson } from '../http/read-json.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { PartnerAuthenticator } from '../partners/authenticate-partner.ts'
import type { AuthenticatedSession, SessionAuthenticator } from '../sessions/authenticate-session.ts'
import { type RoleRules, requirePasskey } from '../sessions/session-roles.ts'
import type { Database } from '../store/open-database.ts'

export interface MembersDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly publicUrl: string
  readonly clientAddress: ClientAddress
  readonly readJson: ReadJson
  readonly createThrottle: CreateThrottle
  readonly sessionAuthenticator: SessionAuthenticator
  readonly partnerAuthenticator: PartnerAuthenticator
  readonly roleRules: RoleRules
  readonly signUp: SignUp
}

export interface SignUp {
  /** `open`: an app is live at once · `approval`: once the operator has approved it · `closed`: the operator makes all apps. */
  readonly mode: 'open' | 'approval' | 'closed'
  /** The referral share of apps that are signed up. */
  readonly shareBasisPoints: number
}

/**
 * The account that calls a path that is about no app, or not yet: on our own pages, not in a checkout frame.
 * @throws AppError 401 `not_signed_in`, 403 `passkey_required` for a member whose session has seen none
 */
export async function requireAccount(
  deps: MembersDeps,
  request: Request,
  response: Response,
): Promise<AuthenticatedSession> {
  response.set('cache-control', 'no-store')
  const session = await deps.sessionAuthenticator.requireSession(request)
  if (session.place !== 'account' || session.isByLink)
    throw new AppError('not_signed_in', `This is for the console only. Sign in at ${deps.publicUrl}/partner.`)
  requirePasskey(session, deps.roleRules, 'partner')
  return session
}

/** From where a request comes, for the audit log. */
export function madeBy(deps: MembersDeps, request: Request) {
  return { requestId: requestIdOf(request), address: deps.clientAddress(request) }
}
