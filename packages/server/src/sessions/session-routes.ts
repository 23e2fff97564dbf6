import type { SessionCodeResponse, SessionListResponse } from '@opencredits/protocol'
import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { recordAct } from '../audit-log/record-act.ts'
import { addressBlock } from '../http/address-block.ts'
import type { ClientAddress } from '../http/client-address.ts'
import { localeSchema } from '../http/locale-schema.ts'
import type { ReadJson } from '../http/read-json.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { normalizeEmail } from '../users/email-address.ts'
import { findOrCreateAccount } from '../users/find-user.ts'
import type { AuthenticatedSession, SessionAuthenticator } from './authenticate-session.ts'
import { codeSchema } from './code-schema.ts'
import { describeDevice } from './describe-device.ts'
import { describeSession } from './describe-session.ts'
import { endSession } from './end-session.ts'
import { isKnownBrowser } from './known-device.ts'
import { checkLoginCode, useLoginCode } from './login-code.ts'
import type { RequireOwnPage } from './own-page.ts'
import type { SendLoginCode } from './send-login-code.ts'
import { createSessionCookie } from './session-cookie.ts'
import type { RoleRules } from './session-roles.ts'
import { type OnSignedIn, signInBrowser } from './sign-in-browser.ts'

export interface SessionRoutesDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly publicUrl: string
  readonly sessionAuthenticator: SessionAuthenticator
  readonly requireOwnPage: RequireOwnPage
  readonly sendLoginCode: SendLoginCode
  readonly createThrottle: CreateThrottle
  readonly clientAddress: ClientAddress
  readonly readJson: ReadJson
  /** The app that the account page is: what its codes are for. */
  readonly accountApp: { readonly id: string; readonly name: string }
  readonly roleRules: RoleRules
  readonly onSignedIn: OnSignedIn
}

export const sessionCodesSchema = z.object({ email: z.unknown(), locale: localeSchema.nullish() })
export const sessionSchema = z.object({ login_id: z.string().max(100), code: codeSchema })

/** Signing in on our own origin: `/v1/session`, `/v1/sessions`. */
export function createSessionRouter(deps: SessionRoutesDeps): Router {
  const router = Router()
  const triesPerAddress = deps.createThrottle({ name: 'session-verify-address', times: 60, perSeconds: 900 })

  router.post('/v1/session/codes', async (request, response) => {
    deps.requireOwnPage(request)
    const body = validate(sessionCodesSchema, await deps.readJson(request))
    const email = normalizeEmail(body.email)
    const login = await deps.sendLoginCode(request, { email, app: deps.accountApp, locale: body.locale })
    const answer: SessionCodeResponse = { login_id: login.loginId, expires_at: seconds(login.expiresAtMs) }
    response.set('cache-control', 'no-store').json(answer)
  })

  router.post('/v1/session', async (request, response) => {
    deps.requireOwnPage(request)
    const body = validate(sessionSchema, await deps.readJson(request))
    await triesPerAddress.take(addressBlock(deps.clientAddress(request)))
    const login = await checkCode(deps, request, body)
    const user = await signInBrowser(deps, request, response, async (transaction, nowMs) => {
      await useLoginCode(transaction, login.id, nowMs)
      return {
        userId: await findOrCreateAccount(transaction, { email: login.email, livemode: true }, nowMs),
        email: login.email,
      }
    })
    response.set('cache-control', 'no-store').json(describeSession(user, deps.roleRules))
  })

  router.get('/v1/session', async (request, response) => {
    // The checkout's frame asks too, in both worlds.
    const session = await deps.sessionAuthenticator.requireSession(request, 'any')
    response.set('cache-control', 'no-store').json(describeSession(session, deps.roleRules))
  })

  router.delete('/v1/session', async (request, response) => {
    const session = await deps.sessionAuthenticator.optionalSession(request)
    if (session !== null) await end(deps, request, session, session.sessionId)
    clearCookies(deps, response)
    response.status(204).end()
  })

  router.get('/v1/sessions', async (request, response) => {
    const session = await deps.sessionAuthenticator.requireSession(request)
    response.set('cache-control', 'no-store').json(await listSessions(deps, session))
  })

  router.delete('/v1/sessions/:id', async (request, response) => {
    const session = await deps.sessionAuthenticator.requireSession(request)
    const id = request.params.id
    if (!(await end(deps, request, session, id))) throw new AppError('not_found', 'There is no such session.')
    if (id === session.sessionId) clearCookies(deps, response)
    response.json({ id, deleted: true })
  })
  return router
}

async function checkCode(deps: SessionRoutesDeps, request: Request, body: z.output<typeof sessionSchema>) {
  const attempt = {
    loginId: body.login_id,
    code: body.code,
    isKnownDevice: (email: string) => isKnownBrowser(deps, request, { email, livemode: true }),
  }
  const login = await checkLoginCode(deps.db, deps.pepper, attempt, deps.clock.nowMs())
  // A code that an app's page asked for says the app's name in its mail: it connects that app and opens nothing else.
  if (login.partner_id === deps.accountApp.id) return login
  throw new AppError('invalid_request', 'login_id: this code is for an app. Ask for a new one here.', {
    param: 'login_id',
  })
}

async function end(
  deps: SessionRoutesDeps,
  request: Request,
  session: AuthenticatedSession,
  id: string,
): Promise<boolean> {
  const nowMs = deps.clock.nowMs()
  return transact(deps.db, async (transaction) => {
    const isEnded = await endSession(transaction, { id, userId: session.userId }, nowMs)
    if (!isEnded) return false
    const act = {
      actor: { kind: 'user', id: session.userId },
      action: 'session.ended',
      target: { kind: 'session', id },
      userId: session.userId,
      requestId: requestIdOf(request),
      address: deps.clientAddress(request),
    } as const
    await recordAct(transaction, act, nowMs)
    return true
  })
}

async function listSessions(deps: SessionRoutesDeps, session: AuthenticatedSession): Promise<SessionListResponse> {
  const rows = await deps.db
    .selectFrom('sessions')
    .leftJoin('partners', 'partners.id', 'sessions.partner_id')
    .selectAll('sessions')
    .select('partners.name as app')
    .where('sessions.user_id', '=', session.userId)
    .where('sessions.ended_at_ms', 'is', null)
    .where('sessions.expires_at_ms', '>', deps.clock.nowMs())
    .orderBy('sessions.last_used_at_ms', 'desc')
    .limit(100)
    .execute()
  return {
    data: rows.map((row) => ({
      id: row.id,
      is_current: row.id === session.sessionId,
      device: describeDevice(row.user_agent),
      address: row.address,
      app: row.app,
      created_at: seconds(row.created_at_ms),
      last_used_at: seconds(row.last_used_at_ms),
    })),
  }
}

/** The frame's, too: signed out here means signed out, and not signed in as whoever was so in a frame before. */
function clearCookies(deps: SessionRoutesDeps, response: Response): void {
  const cookie = createSessionCookie(deps.publicUrl)
  const cleared = new Set([cookie.clear('account'), cookie.clear('frame')])
  for (const header of cleared) response.append('set-cookie', header)
}

function seconds(atMs: number): number {
  return Math.floor(atMs / 1000)
}
