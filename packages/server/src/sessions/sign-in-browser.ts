import type { Request, Response } from 'express'
import { recordAct } from '../audit-log/record-act.ts'
import type { ClientAddress } from '../http/client-address.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database, DatabaseTransaction } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import type { AuthenticatedSession, SessionAuthenticator } from './authenticate-session.ts'
import { endSession } from './end-session.ts'
import { isMemberOfAny } from './is-member.ts'
import { openSession } from './open-session.ts'
import type { SessionPlace } from './session-cookie.ts'

export interface SignInBrowserDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly publicUrl: string
  readonly clientAddress: ClientAddress
  readonly sessionAuthenticator: SessionAuthenticator
  /** What a sign-in brings beside the session: apps that wait for their owner. */
  readonly onSignedIn: OnSignedIn
}

/** Runs in the transaction of a sign-in whose address was proven just now. */
export type OnSignedIn = (
  transaction: DatabaseTransaction,
  user: { readonly userId: string; readonly email: string },
  nowMs: number,
) => Promise<void>

export interface SignedInUser {
  readonly userId: string
  readonly email: string
  /** Of any app. */
  readonly isMember: boolean
  readonly place: SessionPlace
  readonly verifiedAtMs: number
  /** When a passkey was last checked in this session; null: never. */
  readonly passkeyAtMs: number | null
}

/** Uses the proof up, a code, a passkey or a link. Returns whose it is, when it was theirs (default: now), and when a passkey was it. */
type UseProof = (
  transaction: DatabaseTransaction,
  nowMs: number,
) => Promise<Pick<SignedInUser, 'userId' | 'email'> & Partial<SignedInUser>>

/**
 * Signs the browser of a request in, on our own pages, with a proof that is used up in the same transaction. A session of
 * the same user that it has already is kept and counts as recent again; one of another user ends.
 */
export async function signInBrowser(
  deps: SignInBrowserDeps,
  request: Request,
  response: Response,
  useProof: UseProof,
): Promise<SignedInUser> {
  const present = await deps.sessionAuthenticator.optionalSession(request)
  const nowMs = deps.clock.nowMs()
  const { user, cookies } = await transact(deps.db, async (transaction) => {
    const own = { place: 'account', verifiedAtMs: nowMs, passkeyAtMs: null } as const
    const proof = await useProof(transaction, nowMs)
    // An older proof, such as the link of a receipt, may have been forwarded.
    if (proof.verifiedAtMs === undefined) await deps.onSignedIn(transaction, proof, nowMs)
    const proven: SignedInUser = { ...own, isMember: await isMemberOfAny(transaction, proof.userId), ...proof }
    const isSame = present !== null && present.userId === proven.userId && present.place === 'account'
    if (isSame) {
      const verifiedAtMs = Math.max(present.verifiedAtMs, proven.verifiedAtMs)
      const passkeyAtMs = proven.passkeyAtMs ?? present.passkeyAtMs
      await renew(transaction, { ...present, verifiedAtMs, passkeyAtMs }, nowMs)
      return { user: { ...proven, verifiedAtMs, passkeyAtMs }, cookies: [] }
    }
    const opened = await openSession(transaction, deps, { ...proven, request, partnerId: null }, nowMs)
    const act = {
      actor: { kind: 'user', id: proven.userId },
      action: 'session.opened',
      target: { kind: 'session', id: opened.sessionId },
      userId: proven.userId,
      after: { is_new_device: opened.isNewDevice },
      requestId: requestIdOf(request),
      address: deps.clientAddress(request),
    } as const
    await recordAct(transaction, act, nowMs)
    if (present !== null) await endSession(transaction, { id: present.sessionId, userId: present.userId }, nowMs)
    return { user: proven, cookies: opened.cookies }
  })
  for (const cookie of cookies) response.append('set-cookie', cookie)
  return user
}

async function renew(transaction: DatabaseTransaction, session: AuthenticatedSession, nowMs: number): Promise<void> {
  await transaction
    .updateTable('sessions')
    .set({ verified_at_ms: session.verifiedAtMs, passkey_at_ms: session.passkeyAtMs, last_used_at_ms: nowMs })
    .where('id', '=', session.sessionId)
    .execute()
}
