import { sql } from 'kysely'
import type { DatabaseTransaction } from '../store/open-database.ts'

/**
 * Puts the keys that guests brought along under the consents of their apps, where there are such: what a user allows an
 * app is the limit of all its keys together, and what came along stays these keys' own limit as well. A named key keeps
 * its own budget. Expects the user to be locked, so that a consent and a merge at once do not miss each other.
 */
export async function joinConsents(transaction: DatabaseTransaction, userId: string, nowMs: number): Promise<void> {
  await sql`update keys set consent_id = consents.id from consents
    where keys.user_id = ${userId} and keys.budget_id is not null and keys.consent_id is null
      and keys.source <> 'named' and keys.revoked_at_ms is null
      and consents.user_id = keys.user_id and consents.partner_id = keys.partner_id
      and consents.withdrawn_at_ms is null and (consents.expires_at_ms is null or consents.expires_at_ms > ${nowMs})`.execute(
    transaction,
  )
}
