import { recordAct } from '../audit-log/record-act.ts'
import { endKeys } from '../keys/revoke-key.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { findOrCreateAccount, findUser } from '../users/find-user.ts'
import { mergeGuest } from '../users/merge-guest.ts'
import { readGuestPurchases } from './guest-wallet.ts'

export interface HandedOverPurchase {
  readonly purchaseId: string
  readonly userId: string
}

/**
 * The operator hands a guest's paid purchase over to an account, for a buyer who can neither use the guest's key nor read
 * the mailbox that was typed at Stripe. Everything of the guest moves, and its keys are revoked, since nobody knows who
 * has them.
 * @param handOver the purchase's id or its Stripe session's, and the account's normalized e-mail, which is made if need be
 * @throws Error for an unknown or unpaid purchase, and for one that belongs to an account or an erased user
 */
export async function handOverPurchase(
  db: Database,
  handOver: { readonly purchase: string; readonly email: string },
  nowMs: number,
): Promise<HandedOverPurchase> {
  return transact(db, async (transaction) => {
    const column = handOver.purchase.startsWith('cs_') ? 'stripe_session_id' : 'id'
    const purchase = await transaction
      .selectFrom('purchases')
      .selectAll()
      .where(column, '=', handOver.purchase)
      .executeTakeFirst()
    if (purchase === undefined) throw new Error(`There is no purchase ${handOver.purchase}.`)
    if (purchase.status !== 'complete')
      throw new Error(`${purchase.id} is not paid: its status is ${purchase.status}. There is nothing to claim.`)
    const buyer = await findUser(transaction, purchase.user_id)
    if (buyer?.email !== null)
      throw new Error(`${purchase.id} belongs to an account, whose owner signs in to reach its credits.`)
    if (buyer.deleted_at_ms !== null) throw new Error(`${purchase.id} belongs to somebody who was erased.`)
    const claimed = await readGuestPurchases(transaction, buyer.id)
    await endKeys(transaction, { userId: buyer.id }, nowMs)
    const userId = await findOrCreateAccount(
      transaction,
      { email: handOver.email, livemode: purchase.livemode === 1 },
      nowMs,
    )
    await mergeGuest(
      transaction,
      { guestUserId: buyer.id, accountUserId: userId, claimedPurchaseId: purchase.id },
      nowMs,
    )
    const ids = claimed.map(({ row }) => row.id)
    await transaction
      .updateTable('purchases')
      .set({ claimed_by_user_id: userId, claimed_at_ms: nowMs })
      .where('id', 'in', ids)
      .execute()
    const act = {
      actor: { kind: 'cli', id: null },
      action: 'purchase.handed_over',
      target: { kind: 'purchase', id: purchase.id },
      userId,
      after: { purchases: ids, guest_user_id: buyer.id },
    } as const
    await recordAct(transaction, act, nowMs)
    return { purchaseId: purchase.id, userId }
  })
}
