import type { IncomingMessage } from 'node:http'
import type { PartnerPermission } from '@opencredits/protocol'
import { addressBlock } from '../http/address-block.ts'
import type { ClientAddress } from '../http/client-address.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import {
  type FoundPartnerKey,
  findPartnerKey,
  notePartnerKeyUse,
  type PartnerKeyEnd,
} from '../keys/find-partner-key.ts'
import { kindOfSecret } from '../keys/key-format.ts'
import type { Pepper } from '../keys/pepper.ts'
import { readCredentials } from '../keys/read-credentials.ts'
import type { Database } from '../store/open-database.ts'
import type { AppStanding } from './app-state.ts'
import { readAsked } from './asked-app.ts'
import type { PartnerCaller } from './partner-caller.ts'
import { membersOnly } from './require-member.ts'

export interface KeyCallersDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly clientAddress: ClientAddress
  readonly createThrottle: CreateThrottle
}

/** Whether a request brings a key, of whatever kind: then no session is looked for. */
export function hasCredential({ headers }: IncomingMessage): boolean {
  const { payingKey, foreignCredential } = readCredentials(headers)
  return payingKey !== null || foreignCredential !== null
}

/** Tells which restricted key (`oc_rk_…`) calls, and whether its scopes suffice. */
export function createKeyCallers(deps: KeyCallersDeps) {
  const byAddress = deps.createThrottle({ name: 'partner-address', times: 600, perSeconds: 60 })
  const byKey = deps.createThrottle({ name: 'partner-key', times: 300, perSeconds: 60 })
  return {
    async require(
      request: IncomingMessage,
      permission: PartnerPermission,
    ): Promise<{ readonly caller: PartnerCaller; readonly app: AppStanding }> {
      refusePages(request)
      await byAddress.take(addressBlock(deps.clientAddress(request)))
      const nowMs = deps.clock.nowMs()
      const key = await findPartnerKey(deps, secretOf(request), nowMs)
      if (key === null) throw invalid('This restricted key is unknown.')
      if (key.end !== null) throw invalid(whyEnded[key.end])
      await byKey.take(key.id)
      await notePartnerKeyUse(deps.db, key, nowMs)
      requireScope(key, permission)
      const app = { partnerId: key.partnerId, appId: key.appId, livemode: key.livemode }
      refuseOther(request, app)
      return { caller: { ...app, by: { kind: 'key', keyId: key.id } }, app: key.app }
    },
  }
}

/** Browsers say where a request comes from, and code on a server does not: a key in a page is everybody's. */
function refusePages({ headers }: IncomingMessage): void {
  if (headers.origin === undefined && headers['sec-fetch-site'] === undefined) return
  throw new AppError(
    'origin_not_allowed',
    'A restricted key (oc_rk_…) works on your server only, never in a page: every visitor of the page can read it. If it was ever in one, revoke it and make a new one.',
    { headers: doNotRetry },
  )
}

/** A key is of one app and one world. A query that names another one is a mistake that must not go unnoticed. */
function refuseOther(request: IncomingMessage, { appId, livemode }: Pick<PartnerCaller, 'appId' | 'livemode'>): void {
  const asked = readAsked(request)
  if (asked.appId !== null && asked.appId !== appId)
    throw new AppError(
      'invalid_request',
      `app: this key is of ${appId}. Leave app out, or use a key of the other app.`,
      {
        param: 'app',
      },
    )
  if (asked.livemode !== null && asked.livemode !== livemode) {
    const world = livemode ? 'live' : 'test'
    const message = `livemode: this is a ${world} key. Leave livemode out, or use a key of the other world.`
    throw new AppError('invalid_request', message, { param: 'livemode' })
  }
}

function secretOf({ headers }: IncomingMessage): string {
  const { payingKey } = readCredentials(headers)
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

/** @throws AppError 403 `insufficient_scope` */
function requireScope({ scopes }: Pick<FoundPartnerKey, 'scopes'>, permission: PartnerPermission): void {
  if (permission === 'app:read' || scopes.some((scope) => scope === permission)) return
  if (permission === 'keys:write' || permission === 'members:write') throw membersOnly()
  const message = `This key may not do that: it lacks the scope ${permission}. It has ${scopes.join(', ') || 'none'}. Make a key that has ${permission}.`
  throw new AppError('insufficient_scope', message, { headers: doNotRetry })
}
