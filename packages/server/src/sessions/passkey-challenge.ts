import { randomBytes } from 'node:crypto'
import { AppError } from '../kernel/app-error.ts'
import { minuteMs } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database } from '../store/open-database.ts'

export interface ChallengeUse {
  readonly purpose: 'register' | 'sign_in'
  /** Whose passkey is registered; null where the passkey itself says who signs in. */
  readonly userId: string | null
}

const challengeLifetimeMs = 5 * minuteMs

/** Keeps a challenge for the browser that asked. @returns the secret by which that browser names it. */
export async function keepChallenge(
  deps: { readonly db: Database; readonly pepper: Pepper },
  challenge: ChallengeUse & { readonly challenge: string },
  nowMs: number,
): Promise<string> {
  const challengeId = randomBytes(32).toString('base64url')
  await deps.db
    .insertInto('passkey_challenges')
    .values({
      id: deps.pepper.hash('passkey', challengeId),
      challenge: challenge.challenge,
      purpose: challenge.purpose,
      user_id: challenge.userId,
      expires_at_ms: nowMs + challengeLifetimeMs,
    })
    .execute()
  return challengeId
}

/**
 * Takes a challenge, which works once.
 * @throws AppError `invalid_request` naming `challenge_id` for one that is unknown, used, expired or for another use.
 */
export async function takeChallenge(
  deps: { readonly db: Database; readonly pepper: Pepper },
  challengeId: string,
  use: ChallengeUse,
  nowMs: number,
): Promise<string> {
  const row = await deps.db
    .deleteFrom('passkey_challenges')
    .where('id', '=', deps.pepper.hash('passkey', challengeId))
    .returningAll()
    .executeTakeFirst()
  if (
    row !== undefined &&
    row.expires_at_ms > nowMs &&
    row.purpose === use.purpose &&
    (row.user_id ?? null) === use.userId
  )
    return row.challenge
  throw new AppError('invalid_request', 'challenge_id: unknown or expired. Begin again.', { param: 'challenge_id' })
}
