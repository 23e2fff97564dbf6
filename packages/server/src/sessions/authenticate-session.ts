import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/app-error.ts'
import { type Clock, minuteMs } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database } from '../store/open-database.ts'
import { createSessionCookie, sessionLifetimeMs } from './session-cookie.ts'

/** A browser that is signed in now. */
export interface AuthenticatedSession {
  readonly sessionId: string
  readonly userId: string
  readonly email: string
  readonly place: 'account' | 'frame'
  /** When a code or a passkey was last checked in it. */
  readonly verifiedAtMs: number
}

type SessionRequest = Pick<IncomingMessage, 'headers' | 'method'>

export interface SessionAuthenticator {
  /**
   * @throws AppError 401 `not_signed_in` without a live session; 403 `origin_not_allowed` for a request other than GET
   * that another site's page made.
   */
  requireSession(request: SessionRequest): Promise<AuthenticatedSession>
  /** Like `requireSession`, but a request without a live session is null. */
  optionalSession(request: SessionRequest): Promise<AuthenticatedSession | null>
}

/** Acts on money and access want a code or a passkey that is not older. */
export const recentSignInMs = 10 * minuteMs
/** A session's last use is written at most this often. */
const touchedEveryMs = 5 * minuteMs

/** Reads the session cookie. Its lifetime slides with use. */
export function createSessionAuthenticator(deps: {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly publicUrl: string
}): SessionAuthenticator {
  const cookie = createSessionCookie(deps.publicUrl)
  const ownOrigin = new URL(deps.publicUrl).origin

  const optionalSession = async (request: SessionRequest): Promise<AuthenticatedSession | null> => {
    const token = cookie.read(request.headers)
    if (token === null) return null
    if (request.method !== 'GET' && request.method !== 'HEAD') refuseOtherSites(request, ownOrigin)
    const nowMs = deps.clock.nowMs()
    const row = await deps.db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .select(['sessions.id', 'sessions.user_id', 'sessions.place', 'sessions.verified_at_ms', 'users.email'])
      .select('sessions.last_used_at_ms')
      .where('sessions.token_hash', '=', deps.pepper.hash('session', token))
      .where('sessions.ended_at_ms', 'is', null)
      .where('sessions.expires_at_ms', '>', nowMs)
      .where('users.deleted_at_ms', 'is', null)
      .executeTakeFirst()
    if (row === undefined || row.email === null) return null
    if (nowMs - row.last_used_at_ms > touchedEveryMs) await touch(deps.db, row.id, nowMs)
    return {
      sessionId: row.id,
      userId: row.user_id,
      email: row.email,
      place: row.place,
      verifiedAtMs: row.verified_at_ms,
    }
  }

  return {
    optionalSession,
    async requireSession(request) {
      const session = await optionalSession(request)
      if (session !== null) return session
      throw new AppError('not_signed_in', 'You are not signed in. Sign in with your e-mail at /account.')
    },
  }
}

/** @throws AppError 403 `recent_sign_in_required` when the last code or passkey is older than ten minutes. */
export function requireRecentSignIn(session: AuthenticatedSession, nowMs: number): void {
  if (nowMs - session.verifiedAtMs <= recentSignInMs) return
  throw new AppError(
    'recent_sign_in_required',
    'This needs a sign-in that is not older than ten minutes. Ask for a new code, or use a passkey, and try again.',
  )
}

/**
 * Cookies travel with requests that other sites' pages make. Browsers say where a request comes from in
 * `Sec-Fetch-Site`; older ones in `Origin`. Whatever says neither is refused.
 */
function refuseOtherSites({ headers }: SessionRequest, ownOrigin: string): void {
  const site = headers['sec-fetch-site']
  if (site === undefined ? headers.origin === ownOrigin : site === 'same-origin') return
  throw new AppError('origin_not_allowed', `Requests with a session come from pages of ${ownOrigin} only.`)
}

async function touch(db: Database, sessionId: string, nowMs: number): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ last_used_at_ms: nowMs, expires_at_ms: nowMs + sessionLifetimeMs })
    .where('id', '=', sessionId)
    .execute()
}
