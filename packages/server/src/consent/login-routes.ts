import type { LoginCodeResponse, LoginVerifyResponse, MeResponse } from '@opencredits/protocol'
import { Router } from 'express'
import { z } from 'zod'
import { findCollectedEmail } from '../claims/collected-email.ts'
import { findClaimable } from '../claims/find-claimable.ts'
import { addressBlock } from '../http/address-block.ts'
import type { ClientAddress } from '../http/client-address.ts'
import { localeSchema } from '../http/locale-schema.ts'
import type { ReadJson } from '../http/read-json.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import { creditsFromMicrocredits } from '../kernel/microcredits.ts'
import type { KeyAuthenticator } from '../keys/authenticate-key.ts'
import type { Pepper } from '../keys/pepper.ts'
import { revokeKey } from '../keys/revoke-key.ts'
import { readWallet } from '../ledger/balance.ts'
import { codeSchema } from '../sessions/code-schema.ts'
import { findAppOfLogin } from '../sessions/login-code.ts'
import type { SendLoginCode } from '../sessions/send-login-code.ts'
import type { Database } from '../store/open-database.ts'
import { normalizeEmail } from '../users/email-address.ts'
import { findUser } from '../users/find-user.ts'
import { signIn } from './sign-in.ts'

export interface LoginDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly authenticator: KeyAuthenticator
  readonly sendLoginCode: SendLoginCode
  readonly createThrottle: CreateThrottle
  readonly clientAddress: ClientAddress
  readonly readJson: ReadJson
  /** The app of a publishable key. @throws AppError `invalid_request` naming `publishable_key`. */
  readonly findApp: (publishableKey: string) => Promise<{ readonly id: string; readonly name: string }>
  /** @throws AppError 403 `origin_not_allowed` for a page that is neither the app's nor the checkout. */
  readonly checkOrigin: (origin: string | undefined, partnerId: string) => Promise<void>
}

export const loginCodesSchema = z.object({
  publishable_key: z.string().max(200),
  email: z.unknown(),
  session_id: z.string().max(200).nullish(),
  locale: localeSchema.nullish(),
})
export const loginVerifySchema = z.object({
  login_id: z.string().max(100),
  code: codeSchema,
})

/** Signing in by e-mailed code: `POST /v1/login/codes`, `/v1/login/verify`, `/v1/logout`, and `GET /v1/me`. */
export function createLoginRouter(deps: LoginDeps): Router {
  const router = Router()
  const triesPerAddress = deps.createThrottle({ name: 'login-verify-address', times: 60, perSeconds: 900 })

  router.post('/v1/login/codes', async (request, response) => {
    const body = validate(loginCodesSchema, await deps.readJson(request))
    const session = body.session_id ?? null
    const email = session === null ? normalizeEmail(body.email) : await emailOfPurchase(deps, request, session)
    const app = await deps.findApp(body.publishable_key)
    await deps.checkOrigin(request.headers.origin, app.id)
    const login = await deps.sendLoginCode(request, { email, app, locale: body.locale })
    const answer: LoginCodeResponse = { login_id: login.loginId, expires_at: Math.floor(login.expiresAtMs / 1000) }
    response.json(answer)
  })

  router.post('/v1/login/verify', async (request, response) => {
    const body = validate(loginVerifySchema, await deps.readJson(request))
    await triesPerAddress.take(addressBlock(deps.clientAddress(request)))
    await checkOriginOfLogin(deps, request.headers.origin, body.login_id)
    const caller = await callerOf(deps, request)
    const signedIn = await signIn(
      deps,
      { loginId: body.login_id, code: body.code, callerUserId: caller },
      deps.clock.nowMs(),
    )
    deps.authenticator.forgetAll()
    const wallet = await readWallet(deps.db, signedIn.userId)
    const answer: LoginVerifyResponse = {
      user_key: signedIn.secret,
      balance: creditsFromMicrocredits(wallet.availableMicrocredits),
      email: signedIn.email,
      claimable: await findClaimable(deps.db, signedIn.email),
    }
    response.set('cache-control', 'no-store').json(answer)
  })

  router.post('/v1/logout', async (request, response) => {
    const key = await deps.authenticator.requireUserKey(request)
    await revokeKey(deps.db, key.keyId, deps.clock.nowMs())
    deps.authenticator.forgetAll()
    response.status(204).end()
  })

  router.get('/v1/me', async (request, response) => {
    const key = await deps.authenticator.requireUserKey(request)
    const user = await findUser(deps.db, key.userId)
    const wallet = await readWallet(deps.db, key.userId)
    const answer: MeResponse = {
      email: user?.email ?? null,
      is_guest: (user?.email ?? null) === null,
      balance: creditsFromMicrocredits(wallet.availableMicrocredits),
    }
    response.set('cache-control', 'no-store').json(answer)
  })
  return router
}

/**
 * The address that Stripe collected with the purchase of a guest, whose key it takes. It is mailed to and never told.
 * @throws AppError 404 `not_found` for a purchase of another user, one that is not paid, and one without an address
 */
async function emailOfPurchase(
  deps: LoginDeps,
  request: Parameters<KeyAuthenticator['requireUserKey']>[0],
  stripeSessionId: string,
): Promise<string> {
  const { userId } = await deps.authenticator.requireUserKey(request)
  const email = await findCollectedEmail(deps.db, { stripeSessionId, userId })
  if (email !== null) return email
  throw new AppError('not_found', 'session_id: no paid purchase of this guest with an e-mail address. Send email.', {
    param: 'session_id',
  })
}

/**
 * The user whose guest is merged into the account. A named key has limits of its own and may be in other hands, so it
 * merges nothing. A key that is no longer good is no reason to refuse a sign-in: it is how one gets a new key.
 */
async function callerOf(
  deps: LoginDeps,
  request: Parameters<KeyAuthenticator['optionalUserKey']>[0],
): Promise<string | null> {
  try {
    const key = await deps.authenticator.optionalUserKey(request)
    return key === null || key.source === 'named' ? null : key.userId
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_user_key') return null
    throw error
  }
}

/** The app is the one that asked for the code. An unknown sign-in is refused where the code is checked. */
async function checkOriginOfLogin(deps: LoginDeps, origin: string | undefined, loginId: string): Promise<void> {
  const partnerId = origin === undefined ? null : await findAppOfLogin(deps.db, deps.pepper, loginId)
  if (partnerId !== null) await deps.checkOrigin(origin, partnerId)
}
