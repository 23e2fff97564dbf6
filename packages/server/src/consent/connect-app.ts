import { randomBytes } from 'node:crypto'
import { AppError } from '../kernel/app-error.ts'
import { minuteMs } from '../kernel/clock.ts'
import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import type { ActingUser } from '../keys/acting-user.ts'
import { type Consent, giveConsent } from '../keys/consents.ts'
import { issueUserKey } from '../keys/issue-key.ts'
import type { BudgetChanges } from '../keys/key-limits.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Partner } from '../partners/partner.ts'
import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { type QueuedMail, queueMail } from '../users/mail/outbox.ts'

export const consentLifetimeMs = 10 * minuteMs

export interface NewConsentRequest {
  readonly userId: string
  readonly partnerId: string
  readonly sessionId: string | null
}

/** Asks a user who has just signed in what the app may spend. @returns the secret with which only that browser answers. */
export async function askForConsent(
  transaction: DatabaseTransaction,
  pepper: Pepper,
  asked: NewConsentRequest,
  nowMs: number,
): Promise<string> {
  const consentId = randomBytes(32).toString('base64url')
  await transaction
    .insertInto('consent_requests')
    .values({
      id: pepper.hash('consent', consentId),
      user_id: asked.userId,
      partner_id: asked.partnerId,
      session_id: asked.sessionId,
      created_at_ms: nowMs,
      expires_at_ms: nowMs + consentLifetimeMs,
      used_at_ms: null,
    })
    .execute()
  return consentId
}

/** Which app asked, and in which world; null for an unknown request. */
export async function findConsentRequest(
  db: DatabaseReader,
  pepper: Pepper,
  consentId: string,
): Promise<{ readonly partnerId: string; readonly livemode: boolean } | null> {
  const row = await db
    .selectFrom('consent_requests')
    .innerJoin('users', 'users.id', 'consent_requests.user_id')
    .select(['consent_requests.partner_id', 'users.livemode'])
    .where('consent_requests.id', '=', pepper.hash('consent', consentId))
    .executeTakeFirst()
  return row === undefined ? null : { partnerId: row.partner_id, livemode: row.livemode === 1 }
}

/** Uses a consent request up. Of several answers at once, one succeeds. @throws AppError 400 naming `consent_id`. */
export async function useConsentRequest(
  transaction: DatabaseTransaction,
  pepper: Pepper,
  consentId: string,
  nowMs: number,
): Promise<Row<'consent_requests'>> {
  const row = await transaction
    .updateTable('consent_requests')
    .set({ used_at_ms: nowMs })
    .where('id', '=', pepper.hash('consent', consentId))
    .where('used_at_ms', 'is', null)
    .where('expires_at_ms', '>', nowMs)
    // Whoever has signed out since allows nothing any more.
    .where((of) =>
      of.not(
        of.exists(
          of
            .selectFrom('sessions')
            .select('sessions.id')
            .whereRef('sessions.id', '=', 'consent_requests.session_id')
            .where('sessions.ended_at_ms', 'is not', null),
        ),
      ),
    )
    .returningAll()
    .executeTakeFirst()
  if (row !== undefined) return row
  throw new AppError(
    'invalid_request',
    'consent_id: unknown, used, or older than ten minutes. Sign in again to be asked again.',
    { param: 'consent_id' },
  )
}

export interface AppConnection {
  readonly app: Pick<Partner, 'id' | 'livemode'>
  readonly limits: Required<BudgetChanges>
  readonly sessionId: string | null
  readonly pepper: Pepper
  readonly by: ActingUser
}

/** Writes a user's consent down and gives the app a key under it. */
export async function connectApp(
  transaction: DatabaseTransaction,
  { app, limits, sessionId, pepper, by }: AppConnection,
  nowMs: number,
): Promise<ConnectedKey> {
  const consent = await giveConsent(transaction, { partnerId: app.id, limits, by }, nowMs)
  // One that was connected before has only got other limits.
  if (consent.created_at_ms === nowMs && app.livemode) await queueMail(transaction, mailOf(consent), nowMs)
  return issueUnder(transaction, { consent, livemode: app.livemode, sessionId, pepper }, nowMs)
}

function mailOf(consent: Consent): QueuedMail {
  const { budget_microcredits: budget, budget_window: window } = consent
  const limit =
    budget === null || window === null ? null : { credits: creditsFromMicrocredits(microcredits(budget)), window }
  return { kind: 'new_app', userId: consent.user_id, partnerId: consent.partner_id, limit }
}

export interface ConnectedKey {
  readonly keyId: string
  readonly secret: string
}

/** A further key of an app that is connected: all of them share what it may spend. */
export async function issueUnder(
  transaction: DatabaseTransaction,
  {
    consent,
    ...key
  }: {
    readonly consent: Consent
    readonly livemode: boolean
    readonly sessionId: string | null
    readonly pepper: Pepper
  },
  nowMs: number,
): Promise<ConnectedKey> {
  const { user_id: userId, partner_id: partnerId, id: consentId } = consent
  const { pepper, livemode, sessionId } = key
  return issueUserKey(
    transaction,
    pepper,
    { userId, partnerId, livemode, consentId, sessionId, source: 'login' },
    nowMs,
  )
}
