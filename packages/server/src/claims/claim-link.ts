import { randomBytes } from 'node:crypto'
import { AppError } from '../kernel/app-error.ts'
import { dayMs } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database, DatabaseTransaction } from '../store/open-database.ts'

export const claimLinkLifetimeMs = 30 * dayMs

export interface ClaimLink {
  readonly purchaseId: string
  readonly email: string
}

/** Makes the secret of a receipt's link, 256 random bits; the store has its keyed hash. */
export async function createClaimLink(db: Database, pepper: Pepper, link: ClaimLink, nowMs: number): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await db
    .insertInto('claim_links')
    .values({
      id: pepper.hash('claim', token),
      purchase_id: link.purchaseId,
      email: link.email,
      created_at_ms: nowMs,
      expires_at_ms: nowMs + claimLinkLifetimeMs,
      used_at_ms: null,
    })
    .execute()
  return token
}

/**
 * Uses a link up, in the transaction that claims; where that fails, the link stays as it was.
 * @throws AppError 404 `claim_link_invalid` for one that is unknown, used or too old
 */
export async function useClaimLink(
  transaction: DatabaseTransaction,
  pepper: Pepper,
  token: string,
  nowMs: number,
): Promise<ClaimLink & { readonly createdAtMs: number }> {
  const used = await transaction
    .updateTable('claim_links')
    .set({ used_at_ms: nowMs })
    .where('id', '=', pepper.hash('claim', token))
    .where('used_at_ms', 'is', null)
    .where('expires_at_ms', '>', nowMs)
    .returning(['purchase_id', 'email', 'created_at_ms'])
    .executeTakeFirst()
  if (used !== undefined) return { purchaseId: used.purchase_id, email: used.email, createdAtMs: used.created_at_ms }
  throw new AppError(
    'claim_link_invalid',
    'This link has been used, is older than 30 days, or is not complete. Sign in with the e-mail of the purchase: what is left of it is offered there.',
    { param: 'token' },
  )
}
