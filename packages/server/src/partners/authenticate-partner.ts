import type { IncomingMessage } from 'node:http'
import type { PartnerPermission } from '@opencredits/protocol'
import type { ClientAddress } from '../http/client-address.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database } from '../store/open-database.ts'
import { refuseChange } from './app-state.ts'
import { createKeyCallers, hasCredential } from './authenticate-restricted-key.ts'
import { createMemberCallers, type FindMemberSession } from './member-caller.ts'
import type { PartnerCaller } from './partner-caller.ts'

export interface PartnerAuthenticator {
  /**
   * Reads the headers and the query, before the body: a restricted key, or else the session of a member, which names the app
   * as `?app=par_…` and the world as `&livemode=false`. Apps that are not approved can be read and not changed.
   * @throws AppError 401 `missing_api_key`, `invalid_api_key` or `not_signed_in`, 403 `insufficient_scope`, `app_suspended`,
   * `passkey_required` or `origin_not_allowed`, 404 for an app of others, 429 `rate_limited`.
   */
  require(request: IncomingMessage, permission: PartnerPermission): Promise<PartnerCaller>
}

export interface PartnerAuthenticatorDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly clientAddress: ClientAddress
  readonly createThrottle: CreateThrottle
  readonly findMemberSession: FindMemberSession
}

/** Tells who calls `/v1/partner/…`, and whether that key or member may do what is asked. */
export function createPartnerAuthenticator(deps: PartnerAuthenticatorDeps): PartnerAuthenticator {
  const keys = createKeyCallers(deps)
  const members = createMemberCallers(deps)
  return {
    async require(request, permission) {
      const callers = hasCredential(request) ? keys : members
      const { caller, app } = await callers.require(request, permission)
      if (isChange(request, permission)) refuseChange(app, permission)
      return caller
    },
  }
}

/** What every member may do to the own membership is no change of the app: it asks for `app:read`. */
function isChange({ method }: IncomingMessage, permission: PartnerPermission): boolean {
  return method !== 'GET' && method !== 'HEAD' && !permission.endsWith(':read')
}
