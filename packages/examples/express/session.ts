import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'

/** What the server knows of one visitor. In a real app this is the row of a user who signed in. */
export interface VisitorSession {
  readonly id: string
  /** Comes with the page and has to come back with every change: another site can send the cookie, but not read this. */
  readonly csrfToken: string
  /** `oc_sk_…`: spends the visitor's credits. It is kept here, beside the user, and in no page. */
  userKey: string | null
  isAsking: boolean
  readonly postcards: Postcard[]
}

export interface Postcard {
  readonly city: string
  readonly text: string
  /** `broken` is an answer that ended too early; what arrived is kept. */
  readonly isBroken: boolean
  /** Credits; null while it is not known. */
  readonly charge: number | null
}

const cookieName = 'postcards_session'
const sessions = new Map<string, VisitorSession>()

/** The session of a request; the first page of a visitor begins one. */
export function beginSession(request: Request, response: Response): VisitorSession {
  const known = findSession(request)
  if (known !== null) return known
  const session: VisitorSession = {
    id: randomBytes(32).toString('base64url'),
    csrfToken: randomBytes(32).toString('base64url'),
    userKey: null,
    isAsking: false,
    postcards: [],
  }
  sessions.set(session.id, session)
  response.cookie(cookieName, session.id, {
    httpOnly: true,
    sameSite: 'lax',
    secure: process.env.NODE_ENV === 'production',
  })
  return session
}

export function findSession(request: Request): VisitorSession | null {
  const id = /(?:^|;\s*)postcards_session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1]
  return sessions.get(id ?? '') ?? null
}

export function endSession(session: VisitorSession, response: Response): void {
  sessions.delete(session.id)
  response.clearCookie(cookieName)
}

/** Everything that changes something needs the session and its token, in a header or a form field. */
export const requireToken: RequestHandler = (request, response, next) => {
  const session = findSession(request)
  const token = request.get('x-csrf-token') ?? String(request.body?.csrf_token ?? '')
  if (session !== null && isSame(token, session.csrfToken)) next()
  else response.status(403).json({ error: { code: 'csrf', message: 'Load the page again and repeat.' } })
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
