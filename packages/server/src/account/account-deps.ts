import type { Request, Response } from 'express'
import type { CheckoutDeps } from '../checkout/checkout-routes.ts'
import type { CurrencyConfig } from '../config.ts'
import type { ClientFiles } from '../files/client-files.ts'
import type { ClientAddress } from '../http/client-address.ts'
import type { ReadJson } from '../http/read-json.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ActingUser } from '../keys/acting-user.ts'
import type { KeyAuthenticator } from '../keys/authenticate-key.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Catalogue } from '../pricing/catalogue.ts'
import type { AuthenticatedSession, SessionAuthenticator } from '../sessions/authenticate-session.ts'
import type { Database } from '../store/open-database.ts'

export interface AccountDeps extends CheckoutDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly publicUrl: string
  readonly authenticator: KeyAuthenticator
  readonly sessionAuthenticator: SessionAuthenticator
  readonly clientAddress: ClientAddress
  readonly readJson: ReadJson
  readonly catalogue: Catalogue
  readonly currencies: readonly CurrencyConfig[]
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
