import type { IncomingMessage } from 'node:http'
import { addressBlock } from '../http/address-block.ts'
import type { ClientAddress } from '../http/client-address.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import { findPartnerKey, notePartnerKeyUse, type PartnerKeyEnd } from '../keys/find-partner-key.ts'
import { kindOfSecret } from '../keys/key-format.ts'
import type { PartnerScope } from '../keys/partner-scope.ts'
import type { Pepper } from '../keys/pepper.ts'
import { readCredentials } from '../keys/read-credentials.ts'
import type { Database } from '../store/open-database.ts'

export type { PartnerScope } from '../keys/partner-scope.ts'

/** Whose restricted key a request carries. */
export interface PartnerCaller {
  /** The app's row in the caller's world: everything of that world is found by it. */
  readonly partnerId: string
  /** The app: its row in the live world, and its id in every answer. */
  readonly appId: string
  readonly livemode: boolean
  readonly keyId: string
}

export interface PartnerAuthenticator {
  /**
   * Reads the headers, before the body.
   * @throws AppError 401 `missing_api_key` or `invalid_api_key`, 403 `insufficient_scope`, `app_suspended` or
   * `origin_not_allowed`, 429 `rate_limited`.
   */
  require(request: IncomingMessage, scope: PartnerScope): Promise<PartnerCaller>
}

export interface PartnerAuthenticatorDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly clientAddress: ClientAddress
  readonly createThrottle: CreateThrottle
}

/** Tells which partner calls `/v1/partner/…`, and whether its key may do what is asked. */
export function createPartnerAuthenticator(deps: PartnerAuthenticatorDeps): PartnerAuthenticator {
  const byAddress = deps.createThrottle({ name: 'partner-address', times: 600, perSeconds: 60 })
  const byKey = deps.createThrottle({ name: 'partner-key', times: 300, perSeconds: 60 })
  return {
    async require(request, scope) {
      refusePages(request)
      await byAddress.take(addressBlock(deps.clientAddress(request)))
      const nowMs = deps.clock.nowMs()
      const key = await findPartnerKey(deps, secretOf(request), nowMs)
      if (key === null) throw invalid('This restricted key is unknown.')
      if (key.end !== null) throw invalid(whyEnded[key.end])
      await byKey.take(key.id)
      await notePartnerKeyUse(deps.db, key, nowMs)
      if (!key.scopes.includes(scope)) throw missingScope(scope, key.scopes)
      if (!key.isPartnerActive && !scope.endsWith(':read')) throw suspended()
      return { partnerId: key.partnerId, appId: key.appId, livemode: key.livemode, keyId: key.id }
    },
  }
}

/** Browsers say where a request comes from, and code on a server does not: a key in a page is everybody's. */
function refusePages({ headers }: IncomingMessage): void {
  if (headers.origin === undefined && headers['sec-fetch-site'] === undefined) return
  throw new AppError(
    'origin_not_allowed',
    'A restricted key (oc_rk_…) works on your server only, never in a page: whoever opens the page can read it. If it was ever in one, revoke it and make a new one.',
    { headers: doNotRetry },
  )
}

function secretOf({ headers }: IncomingMessage): string {
  const { payingKey, foreignCredential } = readCredentials(headers)
  if (payingKey === null && foreignCredential === null)
    throw new AppError(
      'missing_api_key',
      'No key was sent. Send a restricted key of your app as Authorization: Bearer oc_rk_…',
      { headers: doNotRetry },
    )
  const kind = payingKey === null ? null : kindOfSecret(payingKey)
  if (payingKey !== null && kind === 'rk') return payingKey
  if (kind === 'sk')
    throw invalid('This is a user key (oc_sk_…): it spends credits and reads nothing of your app. Send an oc_rk_… key.')
  if (kind === 'pk')
    throw invalid('This is a publishable key (oc_pk_…), which everybody can read. Send a restricted key (oc_rk_…).')
  throw invalid(
    payingKey?.startsWith('oc_rk_') === true
      ? 'This restricted key is mistyped: its checksum does not fit.'
      : 'The credential is not a restricted key (oc_rk_…).',
  )
}

const whyEnded: Readonly<Record<PartnerKeyEnd, string>> = {
  revoked: 'This restricted key has been revoked. Use another one, or make a new one.',
  expired: 'This restricted key has expired. Make a new one.',
  replaced: 'This restricted key was replaced by a new one, and its grace time is over. Use the new one.',
}

/** Some clients repeat a 401 for minutes unless they are told not to. */
const doNotRetry = { 'x-should-retry': 'false' }

function invalid(message: string): AppError {
  return new AppError('invalid_api_key', message, { headers: doNotRetry })
}

function missingScope(scope: PartnerScope, granted: readonly PartnerScope[]): AppError {
  return new AppError(
    'insufficient_scope',
    `This key may not do that: it lacks the scope ${scope}. It has ${granted.join(', ') || 'none'}. Make a key that has ${scope}.`,
    { headers: doNotRetry },
  )
}

function suspended(): AppError {
  return new AppError(
    'app_suspended',
    'Your app is suspended: it can be read and not changed. Ask the operator of this server.',
    { headers: doNotRetry },
  )
}
