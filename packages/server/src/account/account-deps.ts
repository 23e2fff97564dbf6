import type { Request, Response } from 'express'
import type { CheckoutDeps } from '../checkout/checkout-routes.ts'
import type { ClientFiles } from '../files/client-files.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { ActingUser } from '../keys/acting-user.ts'
import type { Catalogue } from '../pricing/catalogue.ts'
import type { AuthenticatedSession } from '../sessions/authenticate-session.ts'

export interface AccountDeps extends CheckoutDeps {
  readonly publicUrl: string
  readonly catalogue: Catalogue
  readonly files: Pick<ClientFiles, 'remove'>
  readonly userFileBytesMax: number
}

/** Who is signed in. What such a user is told is nobody else's, so no cache keeps it. */
export async function requireUser(
  deps: AccountDeps,
  request: Request,
  response: Response,
): Promise<AuthenticatedSession> {
  response.set('cache-control', 'no-store')
  return deps.sessionAuthenticator.requireSession(request)
}

/** The signed-in user as the one who acts, from where: for the audit log. */
export function actingUser(deps: AccountDeps, request: Request, session: AuthenticatedSession): ActingUser {
  return { userId: session.userId, requestId: requestIdOf(request), address: deps.clientAddress(request) }
}
