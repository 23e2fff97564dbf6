import { AppError } from '../kernel/app-error.ts'
import { hourMs } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { issueUserKey } from '../keys/issue-key.ts'
import { newSecret } from '../keys/key-format.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { createGuest } from '../users/find-user.ts'
import type { SessionWish } from './create-session.ts'
import type { Purchase } from './find-purchase.ts'
import { claimIdempotencyKey } from './idempotent-answer.ts'

/** Stripe's own bounds are 30 minutes and a day. */
const sessionLifetimeMs = hourMs

export interface WrittenPurchase {
  readonly purchase: Purchase
  /** The key that will spend what is bought: the caller's own, or a new guest's. */
  readonly userKey: string
}

/**
 * Writes a purchase down before Stripe hears of it, with a guest and its key where the caller has none; or finds the one
 * that this `Idempotency-Key` is bound to. With such a key a guest's secret is derived from the purchase's id, so that a
 * repeat can tell it again though it is stored nowhere.
 * @throws AppError `conflict` for a key that was used for another request, or whose checkout is over
 */
export async function writePurchase(
  transaction: DatabaseTransaction,
  pepper: Pepper,
  wish: SessionWish,
  nowMs: number,
): Promise<WrittenPurchase> {
  const freshId = newId('pur')
  const purchaseId =
    wish.idempotency === null
      ? freshId
      : await claimIdempotencyKey(transaction, wish.idempotency, { purchaseId: freshId, nowMs })
  const guestSecret = wish.idempotency === null ? newSecret('sk') : pepper.deriveUserKey(`checkout:${purchaseId}`)
  const userKey = wish.buyer?.secret ?? guestSecret
  if (purchaseId !== freshId) return { purchase: await findRepeatable(transaction, purchaseId, nowMs), userKey }
  const buyer = wish.buyer ?? (await makeGuest(transaction, pepper, { wish, secret: userKey, nowMs }))
  const purchase = await transaction
    .insertInto('purchases')
    .values({
      id: purchaseId,
      partner_id: wish.partner.id,
      user_id: buyer.userId,
      key_id: buyer.keyId,
      mode: wish.mode,
      status: 'creating',
      amount_minor: wish.amount.amountMinor,
      currency: wish.currency.code,
      credits_microcredits: wish.amount.creditsMicrocredits,
      is_livemode: null,
      stripe_session_id: null,
      stripe_payment_intent_id: null,
      failure: null,
      created_at_ms: nowMs,
      expires_at_ms: nowMs + sessionLifetimeMs,
      completed_at_ms: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return { purchase, userKey }
}

async function makeGuest(
  transaction: DatabaseTransaction,
  pepper: Pepper,
  guest: { readonly wish: SessionWish; readonly secret: string; readonly nowMs: number },
) {
  const userId = await createGuest(transaction, guest.nowMs)
  const key = { userId, partnerId: guest.wish.partner.id, source: 'checkout', secret: guest.secret } as const
  return { userId, ...(await issueUserKey(transaction, pepper, key, guest.nowMs)) }
}

/** Past its end a checkout is not handed out again: there is nothing to pay, and a guest's key is not shown for ever. */
async function findRepeatable(transaction: DatabaseTransaction, purchaseId: string, nowMs: number): Promise<Purchase> {
  const purchase = await transaction
    .selectFrom('purchases')
    .selectAll()
    .where('id', '=', purchaseId)
    .executeTakeFirstOrThrow()
  if (purchase.expires_at_ms > nowMs) return purchase
  throw new AppError('conflict', 'The checkout of this Idempotency-Key is over. Use a new key for a new one.', {
    param: 'Idempotency-Key',
  })
}
