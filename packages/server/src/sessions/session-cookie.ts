import type { IncomingHttpHeaders } from 'node:http'
import { dayMs } from '../kernel/clock.ts'

/** How long a browser stays signed in after it was last used. */
export const sessionLifetimeMs = 30 * dayMs

export interface SessionCookie {
  /** The token in a request's cookies; null without one. */
  read(headers: IncomingHttpHeaders): string | null
  /** `Set-Cookie` for a browser that has just signed in. In the checkout frame the cookie is partitioned by the app's site. */
  set(token: string, place: 'account' | 'frame'): string
  /** `Set-Cookie` that takes it away. */
  clear(place: 'account' | 'frame'): string
}

/**
 * The cookie of an account session. `__Host-` binds it to this host and to https; over plain http, which only a
 * developer's machine uses, browsers refuse that prefix.
 */
export function createSessionCookie(publicUrl: string): SessionCookie {
  const isSecure = new URL(publicUrl).protocol === 'https:'
  const name = isSecure ? '__Host-oc_session' : 'oc_session'
  const attributes = (place: 'account' | 'frame') => {
    if (!isSecure) return 'Path=/; HttpOnly; SameSite=Lax'
    return place === 'frame'
      ? 'Path=/; HttpOnly; Secure; SameSite=None; Partitioned'
      : 'Path=/; HttpOnly; Secure; SameSite=Lax'
  }
  return {
    read(headers) {
      for (const pair of (headers.cookie ?? '').split(';')) {
        const [key, value] = pair.split('=', 2)
        if (key?.trim() === name && value !== undefined && /^[\w-]{43}$/.test(value.trim())) return value.trim()
      }
      return null
    },
    set: (token, place) => `${name}=${token}; Max-Age=${sessionLifetimeMs / 1000}; ${attributes(place)}`,
    clear: (place) => `${name}=; Max-Age=0; ${attributes(place)}`,
  }
}
