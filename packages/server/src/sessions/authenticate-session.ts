import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/app-error.ts'
import { type Clock, minuteMs } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database } from '../store/open-database.ts'
import { isMemberSql } from './is-member.ts'
import { createOwnPageGuard } from './own-page.ts'
import {
  createSessionCookie,
  isToken,
  operatorSessionLifetimeMs,
  type SessionPlace,
  sessionLifetimeMs,
} from './session-cookie.ts'
import type { RoleRules } from './session-roles.ts'

/** A browser that is signed in now. */
export interface AuthenticatedSession {
  readonly sessionId: string
  readonly userId: string
  /** A user of the test world is signed in nowhere but in the checkout's frame, and has no role. */
  readonly livemode: boolean
  readonly email: string
  /** Of any app. */
  readonly isMember: boolean
  readonly place: SessionPlace
  /** When a code or a passkey was last checked in it. */
  readonly verifiedAtMs: number
  /** When a passkey was last checked in it; null: never. */
  readonly passkeyAtMs: number | null
  /** The link of a receipt opened it, and neither a code nor a passkey was checked in it since: a receipt may have been forwarded. */
  readonly isByLink: boolean
}

/**
 * Whose sessions count: on the account page, and for all that is the person's own, only the live world's. A frame says of
 * which world it is, and is told of sessions of that world alone.
 */
export type SessionWorlds = 'live' | 'any'

type SessionRequest = Pick<IncomingMessage, 'headers' | 'method'>

export interface SessionAuthenticator {
  /**
   * @throws AppError 401 `not_signed_in` without a live session; for anything but GET 403 `origin_not_allowed` when
   * another site's page sent it, 415 when its body is not JSON
   * @param worlds default: the live world only
   */
  requireSession(request: SessionRequest, worlds?: SessionWorlds): Promise<AuthenticatedSession>
  /** Like `requireSession`, but a request without a session that counts is null, and by default both worlds' do. */
  optionalSession(request: SessionRequest, worlds?: SessionWorlds): Promise<AuthenticatedSession | null>
}

export interface SessionAuthenticatorDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly publicUrl: string
  /** Sessions of operators' addresses end twelve hours after they began, with the role and without it. */
  readonly roleRules: RoleRules
}

/** Acts that need a recent sign-in want a code or a passkey that is not older. */
export const recentSignInMs = 10 * minuteMs
/** One of the account page and one of a frame, which nobody can multiply: our names are of this host only. */
const cookiesMax = 4
/** A session's last use is written at most this often. */
const touchedEveryMs = 5 * minuteMs

/** Reads the session of a request. A session lives 30 days from its last use. */
export function createSessionAuthenticator(deps: SessionAuthenticatorDeps): SessionAuthenticator {
  const cookies = { live: createSessionCookie(deps.publicUrl), test: createSessionCookie(deps.publicUrl, false) }
  const requireOwnPage = createOwnPageGuard(deps.publicUrl)

  const optionalSession = async (
    request: SessionRequest,
    worlds: SessionWorlds = 'any',
  ): Promise<AuthenticatedSession | null> => {
    const ofFrame = tokenOfFrame(request.headers)
    // What the open frame says is newer than any cookie.
    const livemode = !comesFromTestWorld(request.headers)
    const cookie = livemode ? cookies.live : cookies.test
    const tokens = ofFrame === null ? cookie.readAll(request.headers).slice(0, cookiesMax) : [ofFrame]
    if (tokens.length === 0 || (worlds === 'live' && !livemode)) return null
    requireOwnPage(request)
    const nowMs = deps.clock.nowMs()
    const row = await readSession(deps, { tokens, livemode }, nowMs)
    if (row === undefined || row.email === null) return null
    const isOperator = deps.roleRules.operatorEmails.includes(row.email)
    if (isOperator && nowMs - row.created_at_ms > operatorSessionLifetimeMs) return null
    if (nowMs - row.last_used_at_ms > touchedEveryMs) await touch(deps.db, row.id, nowMs)
    return {
      sessionId: row.id,
      userId: row.user_id,
      livemode: row.livemode === 1,
      email: row.email,
      isMember: Boolean(row.is_member),
      place: row.place,
      verifiedAtMs: row.verified_at_ms,
      passkeyAtMs: row.passkey_at_ms,
      isByLink: row.verified_at_ms < row.created_at_ms,
    }
  }

  return {
    optionalSession,
    async requireSession(request, worlds = 'live') {
      requireOwnPage(request)
      const session = await optionalSession(request, worlds)
      if (session !== null) return session
      throw new AppError('not_signed_in', `You are not signed in. Sign in at ${deps.publicUrl}/account.`)
    },
  }
}

/** @throws AppError 403 `recent_sign_in_required` when the last code or passkey is older than ten minutes. */
export function requireRecentSignIn(session: Pick<AuthenticatedSession, 'verifiedAtMs'>, nowMs: number): void {
  if (nowMs - session.verifiedAtMs <= recentSignInMs) return
  throw new AppError(
    'recent_sign_in_required',
    'This needs a sign-in that is not older than ten minutes. Ask for a new code, or use a passkey, and try again.',
  )
}

/**
 * Where a browser refuses cookies in the checkout frame, the frame keeps the token in memory for as long as it is open.
 * Only our own pages can send this header: other sites' pages would need CORS, which these paths do not have.
 */
function tokenOfFrame(headers: SessionRequest['headers']): string | null {
  const token = headers['x-opencredits-session']
  return typeof token === 'string' && isToken(token) ? token : null
}

/** What the checkout's frame says in an app's test mode. No page of an app can say it for another: see `tokenOfFrame`. */
function comesFromTestWorld(headers: SessionRequest['headers']): boolean {
  return headers['x-opencredits-livemode'] === 'false'
}

/** Of several that live, the one that was signed in to last. */
function readSession(
  { db, pepper }: SessionAuthenticatorDeps,
  { tokens, livemode }: { readonly tokens: readonly string[]; readonly livemode: boolean },
  nowMs: number,
) {
  return db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .selectAll('sessions')
    .select((session) => [
      'users.email',
      'users.livemode',
      isMemberSql(session.ref('sessions.user_id')).as('is_member'),
    ])
    .where(
      'sessions.token_hash',
      'in',
      tokens.map((token) => pepper.hash('session', token)),
    )
    .where('sessions.ended_at_ms', 'is', null)
    .where('sessions.expires_at_ms', '>', nowMs)
    .where('users.deleted_at_ms', 'is', null)
    .where('users.livemode', '=', livemode ? 1 : 0)
    .where((of) => of.or([of('users.livemode', '=', 1), of('sessions.place', '=', 'frame')]))
    .orderBy('sessions.verified_at_ms', 'desc')
    .limit(1)
    .executeTakeFirst()
}

async function touch(db: Database, sessionId: string, nowMs: number): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ last_used_at_ms: nowMs, expires_at_ms: nowMs + sessionLifetimeMs })
    .where('id', '=', sessionId)
    .where('ended_at_ms', 'is', null)
    .execute()
}
