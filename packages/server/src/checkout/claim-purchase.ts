import { revokeAllKeys } from '../keys/revoke-key.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { findOrCreateAccount, findUser } from '../users/find-user.ts'
import { mergeGuest } from '../users/merge-guest.ts'
import { findPurchase } from './find-purchase.ts'

export interface ClaimedPurchase {
  readonly purchaseId: string
  readonly userId: string
}

/**
 * Hands a guest's paid purchase over to an account, for a buyer who has lost the guest's key: its secret is told again
 * for ten minutes only. Everything of the guest moves, and its keys are revoked, since nobody knows who has them.
 * @param claim the purchase's id or its Stripe session's, and the account's normalized e-mail, which is made if need be
 * @throws Error for an unknown or unpaid purchase, and for one that belongs to an account
 */
export async function claimPurchase(
  db: Database,
  claim: { readonly purchase: string; readonly email: string },
  nowMs: number,
): Promise<ClaimedPurchase> {
  return transact(db, async (transaction) => {
    const column = claim.purchase.startsWith('cs_') ? 'stripe_session_id' : 'id'
    const purchase = await findPurchase(transaction, column, claim.purchase)
    if (purchase === null) throw new Error(`There is no purchase ${claim.purchase}.`)
    if (purchase.status !== 'complete')
      throw new Error(`${purchase.id} is not paid: its status is ${purchase.status}. There is nothing to claim.`)
    const buyer = await findUser(transaction, purchase.user_id)
    if (buyer?.email !== null)
      throw new Error(`${purchase.id} belongs to an account, whose owner signs in to reach its credits.`)
    await revokeAllKeys(transaction, buyer.id, null, nowMs)
    const userId = await findOrCreateAccount(transaction, claim.email, nowMs)
    await mergeGuest(transaction, { guestUserId: buyer.id, accountUserId: userId }, nowMs)
    return { purchaseId: purchase.id, userId }
  })
}
