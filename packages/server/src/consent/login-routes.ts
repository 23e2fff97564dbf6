import type { LoginCodeResponse, MeResponse } from '@opencredits/protocol'
import { type Request, Router } from 'express'
import { z } from 'zod'
import { findCollectedEmail } from '../claims/collected-email.ts'
import { addressBlock } from '../http/address-block.ts'
import { localeSchema } from '../http/locale-schema.ts'
import type { ReadJson } from '../http/read-json.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { creditsFromMicrocredits } from '../kernel/microcredits.ts'
import { worldNowMs } from '../kernel/world-clock.ts'
import type { AuthenticatedKey, KeyAuthenticator } from '../keys/authenticate-key.ts'
import { sessionRequired } from '../keys/key-routes.ts'
import { readSpendable } from '../keys/read-spendable.ts'
import { revokeKey } from '../keys/revoke-key.ts'
import type { Partner } from '../partners/partner.ts'
import { refuseOtherWorld } from '../partners/refuse-other-world.ts'
import { codeSchema } from '../sessions/code-schema.ts'
import { endSession } from '../sessions/end-session.ts'
import { findAppOfLogin } from '../sessions/login-code.ts'
import { comesFromOwnPage } from '../sessions/own-page.ts'
import type { SendLoginCode } from '../sessions/send-login-code.ts'
import { createSessionCookie } from '../sessions/session-cookie.ts'
import { transact } from '../store/transact.ts'
import { normalizeEmail } from '../users/email-address.ts'
import { answerSignIn, type SignInAnswerDeps } from './answer-sign-in.ts'
import { type SignInDeps, signIn } from './sign-in.ts'

export interface LoginDeps extends SignInDeps, SignInAnswerDeps {
  readonly db: SignInDeps['db']
  readonly sendLoginCode: SendLoginCode
  readonly createThrottle: CreateThrottle
  readonly readJson: ReadJson
  /** The app of a publishable key. @throws AppError `invalid_request` naming `publishable_key`. */
  readonly findApp: (publishableKey: string) => Promise<Partner>
  /** @throws AppError 403 `origin_not_allowed` for a page that is neither the app's nor the checkout. */
  readonly checkOrigin: (origin: string | undefined, partnerId: string) => Promise<void>
}

export const loginCodesSchema = z.object({
  publishable_key: z.string().max(200),
  email: z.unknown().optional(),
  session_id: z.string().max(200).nullish(),
  locale: localeSchema.nullish(),
})
export const loginVerifySchema = z.object({
  login_id: z.string().max(100),
  code: codeSchema,
  /** Which protocol the page's `sdk.js` speaks. Version 1 knows no consent: its page gets a key with the default limit. */
  sdk_protocol: z.number().int().min(1).max(1000).nullish(),
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
    refuseOtherWorld(request.headers, app)
    await deps.checkOrigin(request.headers.origin, app.id)
    const login = await deps.sendLoginCode(request, { email, app, locale: body.locale })
    const { livemode } = app
    const expiresAt = Math.floor(login.expiresAtMs / 1000)
    response.json({ login_id: login.loginId, livemode, expires_at: expiresAt } satisfies LoginCodeResponse)
  })

  router.post('/v1/login/verify', async (request, response) => {
    const body = validate(loginVerifySchema, await deps.readJson(request))
    await triesPerAddress.take(addressBlock(deps.clientAddress(request)))
    await checkOriginOfLogin(deps, request.headers.origin, body.login_id)
    const caller = await callerOf(deps, request)
    const isFromFrame = comesFromOwnPage(request.headers, deps.publicUrl)
    const attempt = { loginId: body.login_id, code: body.code, callerUserId: caller, request, isFromFrame }
    const signedIn = await signIn(deps, { ...attempt, canAsk: body.sdk_protocol !== 1 })
    deps.authenticator.forgetAll()
    for (const cookie of signedIn.session?.cookies ?? []) response.append('set-cookie', cookie)
    response.set('cache-control', 'no-store').json(await answerSignIn(deps, signedIn))
  })

  router.post('/v1/logout', async (request, response) => {
    const key = await deps.authenticator.requireUserKey(request)
    if (key.source === 'account') throw sessionRequired()
    await endSignIn(deps, request, key)
    deps.authenticator.forgetAll()
    if (comesFromOwnPage(request.headers, deps.publicUrl))
      response.append('set-cookie', createSessionCookie(deps.publicUrl, key.livemode).clear('frame'))
    response.status(204).end()
  })

  router.get('/v1/me', async (request, response) => {
    const key = await deps.authenticator.requireUserKey(request)
    const { availableMicrocredits } = await readSpendable(deps.db, key, worldNowMs(deps.clock.nowMs(), key))
    const answer: MeResponse = {
      email: null,
      is_guest: key.isGuest,
      livemode: key.livemode,
      balance: creditsFromMicrocredits(availableMicrocredits),
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

/** Ends the key of a sign-in and, where the checkout's frame was signed in with it, that session. */
async function endSignIn(deps: LoginDeps, request: Request, { keyId, userId }: AuthenticatedKey): Promise<void> {
  const nowMs = deps.clock.nowMs()
  await transact(deps.db, async (transaction) => {
    const by = { userId, address: deps.clientAddress(request), requestId: requestIdOf(request) }
    await revokeKey(transaction, { keyId, by }, nowMs)
    const row = await transaction.selectFrom('keys').select('session_id').where('id', '=', keyId).executeTakeFirst()
    const sessionId = row?.session_id ?? null
    if (sessionId !== null) await endSession(transaction, { id: sessionId, userId }, nowMs)
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
  const app = origin === undefined ? null : await findAppOfLogin(deps.db, deps.pepper, loginId)
  if (app !== null) await deps.checkOrigin(origin, app.partnerId)
}
