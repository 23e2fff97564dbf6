import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { chooseLocale } from '@opencredits/protocol'
import type { ClientAddress } from '../http/client-address.ts'
import { newId } from '../kernel/ids.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { type QueuedMail, queueMail } from '../users/mail/outbox.ts'
import { describeDevice } from './describe-device.ts'
import { noteDevice } from './known-device.ts'
import { createDeviceCookie, createSessionCookie, type SessionPlace, sessionLifetimeMs } from './session-cookie.ts'

export interface OpenSessionDeps {
  readonly pepper: Pepper
  readonly publicUrl: string
  readonly clientAddress: ClientAddress
}

export interface NewSession {
  readonly request: IncomingMessage
  readonly userId: string
  readonly place: SessionPlace
  /** False for a user of the test world. Left out: the live one. */
  readonly livemode?: boolean
  /** The app whose page the checkout frame is in. */
  readonly partnerId: string | null
  /** When its user was last proven to be who they are; left out: now. */
  readonly verifiedAtMs?: number
  /** When a passkey was used to sign in; left out: none was. */
  readonly passkeyAtMs?: number | null
}

export interface OpenedAccountSession {
  readonly sessionId: string
  /** 256 random bits. The browser keeps it; the store has its keyed hash. */
  readonly token: string
  /** Two `Set-Cookie` headers: the session, and the browser itself. */
  readonly cookies: readonly string[]
  /** The user has signed in before, but never with this browser: worth a mail. */
  readonly isNewDevice: boolean
}

/** Signs a browser in, right after a code or a passkey was checked. The answer has to carry the cookies. */
export async function openSession(
  transaction: DatabaseTransaction,
  deps: OpenSessionDeps,
  session: NewSession,
  nowMs: number,
): Promise<OpenedAccountSession> {
  const { request, userId, place, livemode = true } = session
  const sessionId = newId('ses')
  const token = randomBytes(32).toString('base64url')
  await transaction
    .insertInto('sessions')
    .values({
      id: sessionId,
      token_hash: deps.pepper.hash('session', token),
      user_id: userId,
      place,
      partner_id: session.partnerId,
      user_agent: request.headers['user-agent']?.slice(0, 300) ?? null,
      address: deps.clientAddress(request),
      created_at_ms: nowMs,
      last_used_at_ms: nowMs,
      expires_at_ms: nowMs + sessionLifetimeMs,
      verified_at_ms: session.verifiedAtMs ?? nowMs,
      passkey_at_ms: session.passkeyAtMs ?? null,
      ended_at_ms: null,
    })
    .execute()
  const deviceCookie = createDeviceCookie(deps.publicUrl)
  const device = deviceCookie.read(request.headers) ?? randomBytes(32).toString('base64url')
  const seen = await noteDevice(transaction, { userId, deviceHash: deps.pepper.hash('device', device) }, nowMs)
  await keepLanguage(transaction, userId, request)
  if (seen === 'new' && livemode) await queueMail(transaction, mailOf(deps, session, nowMs), nowMs)
  return {
    sessionId,
    token,
    cookies: [createSessionCookie(deps.publicUrl, livemode).set(token, place), deviceCookie.set(device, place)],
    isNewDevice: seen === 'new',
  }
}

function mailOf({ clientAddress }: OpenSessionDeps, { request, userId }: NewSession, atMs: number): QueuedMail {
  const device = describeDevice(request.headers['user-agent'] ?? null)
  return { kind: 'new_sign_in', userId, device, address: clientAddress(request), atMs }
}

/** Mails are in the language of the browser that signed in last. */
async function keepLanguage(transaction: DatabaseTransaction, userId: string, request: IncomingMessage): Promise<void> {
  const accepted = (request.headers['accept-language'] ?? '').split(',').map((part) => part.split(';')[0]?.trim() ?? '')
  if (accepted.every((tag) => tag === '' || tag === '*')) return
  await transaction
    .updateTable('users')
    .set({ locale: chooseLocale(accepted).formats })
    .where('id', '=', userId)
    .execute()
}
