import { sql } from 'kysely'
import type { Microcredits } from '../kernel/microcredits.ts'
import { raiseMergedBudget } from '../ledger/move-wallet.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { findConsent, raiseConsent } from './consents.ts'

/** A paid purchase, and the credits that it brought. */
export interface PaidPurchase {
  readonly userId: string
  readonly partnerId: string
  /** With which it was made. */
  readonly keyId: string
  /** Below 0 for what a refund or a dispute takes back. */
  readonly creditsMicrocredits: Microcredits
}

/**
 * Lets an app spend what its user has bought in it, on top of its limits: of the consent, and of the keys that a guest
 * brought along if it was bought with one of them. Where there is no limit, or the app was cut off, nothing changes.
 * @returns whether a limit changed
 */
export async function raiseBudget(
  transaction: DatabaseTransaction,
  { userId, partnerId, keyId, creditsMicrocredits }: PaidPurchase,
  nowMs: number,
): Promise<boolean> {
  const key = await transaction
    .selectFrom('keys')
    .select('budget_id')
    .where('id', '=', keyId)
    .where('partner_id', '=', partnerId)
    .executeTakeFirst()
  // Bought with the key of another app, which has no say in this one's limit.
  if (key === undefined) return false
  const consent = await findConsent(transaction, { userId, partnerId }, nowMs)
  const byMicrocredits = creditsMicrocredits
  const isRaised =
    consent !== null && (await raiseConsent(transaction, { consentId: consent.id, byMicrocredits }, nowMs))
  if (key.budget_id === null) return isRaised
  await raiseMergedKeys(transaction, { budgetId: key.budget_id, byMicrocredits })
  return true
}

/** Lets the keys of a merged guest spend so much more, or less. A budget that does not exist stays so. */
export async function raiseMergedKeys(
  transaction: DatabaseTransaction,
  { budgetId, byMicrocredits }: { readonly budgetId: string; readonly byMicrocredits: Microcredits },
): Promise<void> {
  await raiseMergedBudget(transaction, budgetId, byMicrocredits)
  await transaction
    .updateTable('keys')
    .set({ budget_microcredits: sql`budget_microcredits + ${byMicrocredits}` })
    .where('budget_id', '=', budgetId)
    .where('source', '!=', 'named')
    .execute()
}
