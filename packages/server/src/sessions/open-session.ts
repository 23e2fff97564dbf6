import { randomBytes } from 'node:crypto'
import { newId } from '../kernel/ids.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { sessionLifetimeMs } from './session-cookie.ts'

export interface NewSession {
  readonly userId: string
  readonly place: 'account' | 'frame'
  /** The app whose page the checkout frame is in. */
  readonly partnerId: string | null
  readonly userAgent: string | null
  readonly address: string | null
}

export interface OpenedAccountSession {
  readonly sessionId: string
  /** 256 random bits. The browser keeps it; the store has its keyed hash. */
  readonly token: string
}

/** Signs a browser in, right after a code or a passkey was checked. */
export async function openSession(
  transaction: DatabaseTransaction,
  pepper: Pepper,
  session: NewSession,
  nowMs: number,
): Promise<OpenedAccountSession> {
  const sessionId = newId('ses')
  const token = randomBytes(32).toString('base64url')
  await transaction
    .insertInto('sessions')
    .values({
      id: sessionId,
      token_hash: pepper.hash('session', token),
      user_id: session.userId,
      place: session.place,
      partner_id: session.partnerId,
      user_agent: session.userAgent?.slice(0, 300) ?? null,
      address: session.address,
      created_at_ms: nowMs,
      last_used_at_ms: nowMs,
      expires_at_ms: nowMs + sessionLifetimeMs,
      verified_at_ms: nowMs,
      ended_at_ms: null,
    })
    .execute()
  return { sessionId, token }
}
