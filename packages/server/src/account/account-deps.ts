import type { Request, Response } from 'express'
import type { CheckoutDeps } from '../checkout/checkout-routes.ts'
import type { ClientFiles } from '../files/client-files.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { Throttle } from '../http/throttle.ts'
import type { ActingUser } from '../keys/acting-user.ts'
import type { Catalogue } from '../pricing/catalogue.ts'
import type { AuthenticatedSession, SessionWorlds } from '../sessions/authenticate-session.ts'

export interface AccountDeps extends CheckoutDeps {
  readonly publicUrl: string
  readonly catalogue: Catalogue
  readonly files: Pick<ClientFiles, 'remove'>
  readonly userFileBytesMax: number
  /** See `isCounted`. */
  readonly changesPerUser: Throttle
}

/**
 * Who is signed in. What such a user is told is nobody else's, so no cache keeps it.
 * @param worlds default: users of the live world only
 * @throws AppError 401 `not_signed_in`; 429 `rate_limited` after hundreds of changes or files
 */
export async function requireUser(
  deps: AccountDeps,
  request: Request,
  response: Response,
  worlds: SessionWorlds = 'live',
): Promise<AuthenticatedSession> {
  response.set('cache-control', 'no-store')
  const session = await deps.sessionAuthenticator.requireSession(request, worlds)
  if (isCounted(request)) await deps.changesPerUser.take(session.userId)
  return session
}

/**
 * Changes are written down for ever, and files are read from the first call to the last: a user has no use for hundreds of
 * them at once. What ends access is not counted, so that whoever is in somebody's account cannot use that up.
 */
function isCounted({ method, path }: Request): boolean {
  return method === 'GET' || method === 'HEAD' ? /\.csv$|\/export\/?$/i.test(path) : method !== 'DELETE'
}

/** The signed-in user as the one who acts, from where: for the audit log. */
export function actingUser(deps: AccountDeps, request: Request, session: AuthenticatedSession): ActingUser {
  return { userId: session.userId, requestId: requestIdOf(request), address: deps.clientAddress(request) }
}
