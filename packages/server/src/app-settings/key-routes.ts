import { partnerScopes, type RestrictedKey, scopesOfRole } from '@opencredits/protocol'
import { type Request, Router } from 'express'
import { z } from 'zod'
import { AppError } from '../kernel/app-error.ts'
import { secondMs } from '../kernel/clock.ts'
import { changePartnerKey } from '../keys/change-partner-key.ts'
import { issuePartnerKey } from '../keys/issue-partner-key.ts'
import { type PartnerKey, readPartnerKeys } from '../keys/list-partner-keys.ts'
import { revokePartnerKey } from '../keys/revoke-partner-key.ts'
import { graceSecondsMax, rollPartnerKey } from '../keys/roll-partner-key.ts'
import { readWorldNowMs } from '../keys/world-time.ts'
import { secondsOf } from '../lists/formats.ts'
import type { CallingMember, PartnerCaller } from '../partners/authenticate-partner.ts'
import { readChange } from '../partners/read-change.ts'
import { requireRecentSignIn } from '../sessions/authenticate-session.ts'
import { transact } from '../store/transact.ts'
import { type AppSettingsDeps, madeBy } from './app-settings-deps.ts'
import { readSettings } from './read-settings.ts'
import { rollPublishableKey } from './roll-publishable-key.ts'

const keyFields = {
  name: z.string().trim().min(1).max(100).describe('to tell it from others'),
  scopes: z
    .array(z.enum(partnerScopes))
    .min(1)
    .max(partnerScopes.length)
    .describe('what it may do; at most what your role may'),
  expires_at: z.int().nullable().describe('seconds since 1970; null: never'),
}

export const newPartnerKeySchema = z.strictObject({ ...keyFields, expires_at: keyFields.expires_at.default(null) })
export const changedPartnerKeySchema = z.strictObject(keyFields).partial()
export const rollPartnerKeySchema = z.strictObject({
  grace_seconds: z
    .int()
    .min(0)
    .max(graceSecondsMax)
    .default(0)
    .describe('how long the old one works on; at most a day'),
})

const keys = '/v1/partner/keys'

/** The app's restricted keys in one world, and its publishable key: for members only, no key makes another. */
export function createPartnerKeyRouter(deps: AppSettingsDeps): Router {
  const { db, clock, pepper } = deps
  const router = Router()
  const readOf = <Schema extends z.ZodType>(request: Request, schema: Schema) =>
    readChange(deps, request, { schema, requireCaller: () => requireMember(deps, request) })

  router.get(keys, async (request, response) => {
    const { partnerId, livemode } = await requireMember(deps, request)
    const found = await readPartnerKeys(db, partnerId, clock.nowMs())
    response.set('cache-control', 'no-store').json({ data: found.map((key) => describe(key, livemode)) })
  })

  router.post(keys, async (request, response) => {
    const { caller, asked } = await readOf(request, newPartnerKeySchema)
    requireRecentSignIn(caller.by, clock.nowMs())
    refuseScopesAbove(caller.by, asked.scopes)
    const expiresAtMs = expiryOf(asked.expires_at, await readWorldNowMs(deps, caller))
    const key = { ...asked, expiresAtMs, partnerId: caller.partnerId, livemode: caller.livemode }
    const by = madeBy(deps, request, caller)
    const made = await transact(db, (transaction) => issuePartnerKey(transaction, { key, pepper, by }, clock.nowMs()))
    const answer = await describeOne(deps, caller, made.keyId)
    response
      .set('cache-control', 'no-store')
      .status(201)
      .json({ ...answer, secret: made.secret })
  })

  router.patch(`${keys}/:id`, async (request, response) => {
    const { caller, asked } = await readOf(request, changedPartnerKeySchema)
    // A name opens nothing; scopes and an end do.
    if (asked.scopes !== undefined || asked.expires_at !== undefined) requireRecentSignIn(caller.by, clock.nowMs())
    // Whoever lets a key live longer, or again, gives what it has.
    const isRevived = asked.scopes === undefined && asked.expires_at !== undefined
    const given = isRevived ? (await describeOne(deps, caller, request.params.id)).scopes : (asked.scopes ?? [])
    refuseScopesAbove(caller.by, given)
    const expiresAtMs =
      asked.expires_at === undefined ? undefined : expiryOf(asked.expires_at, await readWorldNowMs(deps, caller))
    const change = { name: asked.name, scopes: asked.scopes, expiresAtMs }
    const of = { keyId: request.params.id, partnerId: caller.partnerId, change, by: madeBy(deps, request, caller) }
    await transact(db, (transaction) => changePartnerKey(transaction, of, clock.nowMs()))
    response.json(await describeOne(deps, caller, of.keyId))
  })

  router.delete(`${keys}/:id`, async (request, response) => {
    const caller = await requireMember(deps, request)
    const of = { keyId: request.params.id, partnerId: caller.partnerId, by: madeBy(deps, request, caller) }
    await transact(db, (transaction) => revokePartnerKey(transaction, of, clock.nowMs()))
    response.json(await describeOne(deps, caller, of.keyId))
  })

  router.post(`${keys}/:id/roll`, async (request: Request<{ id: string }>, response) => {
    const { caller, asked } = await readOf(request, rollPartnerKeySchema)
    const { grace_seconds: graceSeconds } = asked
    requireRecentSignIn(caller.by, clock.nowMs())
    // The new secret is shown to whoever rolls it.
    refuseScopesAbove(caller.by, (await describeOne(deps, caller, request.params.id)).scopes)
    const by = madeBy(deps, request, caller)
    const roll = { keyId: request.params.id, partnerId: caller.partnerId, graceSeconds, pepper, by }
    const rolled = await transact(db, (transaction) => rollPartnerKey(transaction, roll, clock.nowMs()))
    const answer = await describeOne(deps, caller, rolled.keyId)
    response.set('cache-control', 'no-store').json({ ...answer, secret: rolled.secret })
  })

  router.post('/v1/partner/publishable_key/roll', async (request, response) => {
    const { caller, asked } = await readOf(request, rollPartnerKeySchema)
    const { grace_seconds: graceSeconds } = asked
    const roll = { caller, graceSeconds, by: madeBy(deps, request, caller) }
    await transact(db, (transaction) => rollPublishableKey(transaction, roll, clock.nowMs()))
    response.set('cache-control', 'no-store').json(await readSettings(db, caller.partnerId, clock.nowMs()))
  })
  return router
}

/** `keys:write` is members' only: a key is refused before. */
async function requireMember(
  deps: AppSettingsDeps,
  request: Request,
): Promise<PartnerCaller & { readonly by: CallingMember }> {
  const caller = await deps.partnerAuthenticator.require(request, 'keys:write')
  if (caller.by.kind === 'member') return { ...caller, by: caller.by }
  throw new AppError('insufficient_scope', 'No key makes or changes keys. A member does it at /partner.')
}

function refuseScopesAbove({ role }: CallingMember, scopes: readonly string[]): void {
  const allowed: readonly string[] = scopesOfRole(role)
  const above = scopes.filter((scope) => !allowed.includes(scope))
  if (above.length === 0) return
  throw new AppError('insufficient_scope', `Your role is ${role}: it cannot give a key ${above.join(', ')}.`)
}

function expiryOf(expiresAt: number | null, nowMs: number): number | null {
  if (expiresAt === null) return null
  const expiresAtMs = expiresAt * secondMs
  if (expiresAtMs > nowMs) return expiresAtMs
  throw new AppError('invalid_request', 'expires_at: expected a time to come, in seconds since 1970.', {
    param: 'expires_at',
  })
}

async function describeOne(
  { db, clock }: AppSettingsDeps,
  { partnerId, livemode }: PartnerCaller,
  keyId: string,
): Promise<RestrictedKey> {
  const key = (await readPartnerKeys(db, partnerId, clock.nowMs())).find(({ id }) => id === keyId)
  if (key === undefined) throw new AppError('not_found', `There is no key ${keyId}.`)
  return describe(key, livemode)
}

function describe(key: PartnerKey, livemode: boolean): RestrictedKey {
  return {
    ...{ id: key.id, livemode, name: key.name, last_four: key.last_four, scopes: key.scopes, status: key.status },
    created_at: secondsOf(key.createdAtMs),
    expires_at: secondsOf(key.expiresAtMs),
    last_used_at: secondsOf(key.lastUsedAtMs),
    previous_secret_until: secondsOf(key.previousSecretUntilMs),
    revoked_at: secondsOf(key.revokedAtMs),
  }
}
