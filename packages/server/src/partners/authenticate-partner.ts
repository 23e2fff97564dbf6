import type { IncomingMessage } from 'node:http'
import type { MemberRole, PartnerPermission } from '@opencredits/protocol'
import type { Act } from '../audit-log/record-act.ts'
import type { ClientAddress } from '../http/client-address.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database } from '../store/open-database.ts'
import { refuseChange } from './app-state.ts'
import { createKeyCallers, hasCredential } from './authenticate-restricted-key.ts'
import { createMemberCallers, type FindMemberSession } from './member-caller.ts'

/** Who calls `/v1/partner/…`, and of which app and world. */
export interface PartnerCaller {
  /** The row of that world: everything that belongs to it is found by this id. */
  readonly partnerId: string
  /** The row of the live world: how the API names the app in both worlds. */
  readonly appId: string
  readonly livemode: boolean
  readonly by: CallingKey | CallingMember
}

export interface CallingKey {
  readonly kind: 'key'
  readonly keyId: string
}

export interface CallingMember {
  readonly kind: 'member'
  readonly userId: string
  readonly sessionId: string
  readonly role: MemberRole
  /** When a code or a passkey was last checked in the session: see `requireRecentSignIn`. */
  readonly verifiedAtMs: number
}

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

/** How the audit log names a caller. */
export function actorOf({ by }: Pick<PartnerCaller, 'by'>): Act['actor'] {
  return by.kind === 'key' ? { kind: 'partner', id: by.keyId } : { kind: 'user', id: by.userId }
}
