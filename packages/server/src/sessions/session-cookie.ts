import type { IncomingHttpHeaders } from 'node:http'
import { dayMs } from '../kernel/clock.ts'

/** `account`: on our own pages · `frame`: in the checkout inside an app's page, where cookies are partitioned by its site. */
export type SessionPlace = 'account' | 'frame'

/** A random value that a browser keeps for us, 256 bits, base64url. */
export interface BrowserCookie {
  /** The value in a request's cookies; null without one. */
  read(headers: IncomingHttpHeaders): string | null
  /**
   * All of them: where an app is of our own site, its frame's partitioned cookie and the account page's are two, of the
   * same name, and browsers send both.
   */
  readAll(headers: IncomingHttpHeaders): readonly string[]
  /** `Set-Cookie` */
  set(value: string, place: SessionPlace): string
  /** `Set-Cookie` that takes it away. */
  clear(place: SessionPlace): string
}

/** How long a browser stays signed in after it was last used. */
export const sessionLifetimeMs = 30 * dayMs
/** Operators sign in each day. */
export const operatorSessionLifetimeMs = dayMs / 2
const deviceLifetimeMs = 365 * dayMs

/** The cookie that signs a browser in. That of the test world, which only frames have, is another and opens nothing else. */
export function createSessionCookie(publicUrl: string, livemode = true): BrowserCookie {
  return createCookie(livemode ? 'oc_session' : 'oc_test_session', sessionLifetimeMs, publicUrl)
}

/** The cookie by which a browser is known again after it has signed out. It opens nothing. */
export function createDeviceCookie(publicUrl: string): BrowserCookie {
  return createCookie('oc_device', deviceLifetimeMs, publicUrl)
}

/**
 * `__Host-` binds a cookie to this host and to https. Over plain http, which only a developer's machine uses, browsers
 * refuse that prefix, and they refuse partitioned cookies.
 */
function createCookie(plainName: string, lifetimeMs: number, publicUrl: string): BrowserCookie {
  const isSecure = new URL(publicUrl).protocol === 'https:'
  const name = isSecure ? `__Host-${plainName}` : plainName
  const attributes = (place: SessionPlace) => {
    if (!isSecure) return 'Path=/; HttpOnly; SameSite=Lax'
    return place === 'frame'
      ? 'Path=/; HttpOnly; Secure; SameSite=None; Partitioned'
      : 'Path=/; HttpOnly; Secure; SameSite=Lax'
  }
  const readAll = (headers: IncomingHttpHeaders) =>
    (headers.cookie ?? '').split(';').flatMap((pair) => {
      const [key, value] = pair.split('=', 2).map((part) => part.trim())
      return key === name && value !== undefined && isToken(value) ? [value] : []
    })
  return {
    read: (headers) => readAll(headers)[0] ?? null,
    readAll,
    set: (value, place) => `${name}=${value}; Max-Age=${lifetimeMs / 1000}; ${attributes(place)}`,
    clear: (place) => `${name}=; Max-Age=0; ${attributes(place)}`,
  }
}

/** Whether a text has the form of 256 random bits in base64url. */
export function isToken(text: string): boolean {
  return /^[\w-]{43}$/.test(text)
}
