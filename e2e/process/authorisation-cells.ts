import type { PartnerKeys, Stack } from '../stack.ts'
import type { Cast, Role } from './cast.ts'
import type { MemberRule } from './member-matrix.ts'

/** What a row needs before somebody asks. */
export interface Scene {
  readonly stack: Stack
  readonly app: PartnerKeys
  readonly cast: Cast
}

export interface Asked {
  /** In place of `{id}` in the route's path. */
  readonly id?: string
  readonly query?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Status and, of a refusal, its code: what each role is answered. */
export type Cells = Readonly<Record<Role, string>>

export interface MatrixRow {
  readonly cells: Cells
  readonly ask?: (scene: Scene) => Promise<Asked> | Asked
  /** Of every route of `/v1/partner` that is about one app: what its members are answered. */
  readonly member?: MemberRule
}

export const missingCode = 'missing_api_key'
export const invalidCode = 'invalid_user_key'
const missing = `401 ${missingCode}`
export const invalid = `401 ${invalidCode}`
const notSignedIn = '401 not_signed_in'
export const foreignPage = '403 origin_not_allowed'
export const notForKeys = '403 session_required'
export const noSuch = '404 not_found'
export const bad = '400 invalid_request'

export function partnerKeys(answer: string) {
  return { partnerKey: answer, narrowPartnerKey: answer }
}

/**
 * For a restricted key with the scope. Of those who are signed in, nobody is a member of an app: what members may do stands in
 * `member-matrix.ts`.
 */
export function withScope(ok: string): Cells {
  const wrong = '401 invalid_api_key'
  const keys = { guest: wrong, appKey: wrong, otherAppsKey: wrong, personalKey: wrong, revokedKey: wrong }
  const sessions = { session: noSuch, otherSession: noSuch, expiredSession: missing }
  return { noOne: missing, ...keys, ...sessions, partnerKey: ok, narrowPartnerKey: '403 insufficient_scope' }
}

/** For whoever holds a key that lives. A session is no key: its cookie is not read. */
export function withKey(ok: string, own: Partial<Cells> = {}): Cells {
  const sessions = { session: missing, otherSession: missing, expiredSession: missing }
  const keys = { guest: ok, appKey: ok, otherAppsKey: ok, personalKey: ok }
  return { noOne: missing, ...keys, ...sessions, revokedKey: invalid, ...partnerKeys(invalid), ...own }
}

/** For a browser that is signed in. A key is no sign-in. @param none without a session: who writes has to be a page of ours first. */
export function withSession(ok: string, none: string = notSignedIn, own: Partial<Cells> = {}): Cells {
  const keys = { guest: none, appKey: none, otherAppsKey: none, personalKey: none, revokedKey: none }
  return {
    noOne: none,
    ...keys,
    ...partnerKeys(none),
    session: ok,
    otherSession: ok,
    expiredSession: notSignedIn,
    ...own,
  }
}

/** What is of the cast's user: for that user's browser alone. */
export function ownOnly(none?: string): Cells {
  return withSession('200', none, { otherSession: noSuch })
}

export function forAnyone(answer: string, own: Partial<Cells> = {}): Cells {
  const keys = { guest: answer, appKey: answer, otherAppsKey: answer, personalKey: answer }
  const sessions = { session: answer, otherSession: answer, expiredSession: answer }
  return { noOne: answer, ...keys, ...sessions, revokedKey: answer, ...partnerKeys(answer), ...own }
}

/** For our own pages, whoever is signed in there. Those without a browser are no page. */
export function forOwnPage(answer: string): Cells {
  return forAnyone(foreignPage, { session: answer, otherSession: answer, expiredSession: answer })
}
