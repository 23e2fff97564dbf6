import { AppError } from '../kernel/app-error.ts'
import { hourMs, minuteMs } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { isSecretOf, issueUserKey } from '../keys/issue-key.ts'
import { newSecret } from '../keys/key-format.ts'
import type { Pepper } from '../keys/pepper.ts'
import { readWorldNowMs } from '../keys/world-time.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { createGuest } from '../users/find-user.ts'
import type { CreateSessionDeps, SessionWish } from './create-session.ts'
import type { Purchase } from './find-purchase.ts'
import { claimIdempotencyKey, type IdempotentRequest } from './idempotent-answer.ts'

/** Stripe's own bounds are 30 minutes and a day. */
const sessionLifetimeMs = hourMs

export interface WrittenPurchase {
  readonly purchase: Purchase
  /** The key that will spend what is bought: the caller's own, or a new guest's. */
  readonly userKey: string
}

/** A lost answer is asked for again at once. Later on a repeat is as likely to be a stranger's as the buyer's. */
export const guestKeyRepeatableMs = 10 * minuteMs

type PeppersAndClock = Pick<CreateSessionDeps, 'pepper' | 'guestPepper' | 'clock'>

/**
 * Writes a purchase down before Stripe hears of it, with a guest and its key where the caller has none; or finds the one
 * that this `Idempotency-Key` is bound to. With such a key a guest's secret is derived, so that a repeat within ten
 * minutes can tell it again though it is stored nowhere.
 * @throws AppError `conflict` for a key that was used for another request, whose checkout is over, or whose guest's key
 * is not told again
 */
export async function writePurchase(
  transaction: DatabaseTransaction,
  deps: PeppersAndClock,
  wish: SessionWish,
): Promise<WrittenPurchase> {
  const { idempotency } = wish
  const { livemode } = wish.partner
  const freshId = newId('pur')
  const nowMs = deps.clock.nowMs()
  const partnerId = wish.partner.id
  const worldMs = await readWorldNowMs({ db: transaction, clock: deps.clock }, { partnerId, livemode })
  const purchaseId =
    idempotency === null ? freshId : await claimIdempotencyKey(transaction, idempotency, { purchaseId: freshId, nowMs })
  const guestSecret =
    idempotency === null ? newSecret('sk', livemode) : deriveGuestSecret(deps, purchaseId, { ...idempotency, livemode })
  const userKey = wish.buyer?.secret ?? guestSecret
  if (purchaseId !== freshId) {
    const purchase = await findRepeatable(transaction, purchaseId, worldMs)
    if (wish.buyer === null) await refuseLateRepeat(transaction, deps, { purchase, guestSecret, nowMs })
    return { purchase, userKey }
  }
  const buyer = wish.buyer ?? (await makeGuest(transaction, deps.pepper, { wish, secret: userKey, nowMs: worldMs }))
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
      livemode: livemode ? 1 : 0,
      stripe_session_id: null,
      stripe_payment_intent_id: null,
      failure: null,
      created_at_ms: nowMs,
      // What ends goes by the world's time; when it was made is when it was made.
      expires_at_ms: worldMs + sessionLifetimeMs,
      completed_at_ms: null,
      locale: wish.locale,
      raises_budget: wish.raisesBudget ? 1 : 0,
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
  const { id: partnerId, livemode } = guest.wish.partner
  const userId = await createGuest(transaction, livemode, guest.nowMs)
  const key = { userId, partnerId, livemode, source: 'checkout', secret: guest.secret } as const
  return { userId, ...(await issueUserKey(transaction, pepper, key, guest.nowMs)) }
}

/** The caller's own key is part of the scope: once it is forgotten, a day later, nobody can derive the secret again. */
function deriveGuestSecret(
  deps: PeppersAndClock,
  purchaseId: string,
  { key, livemode }: Pick<IdempotentRequest, 'key'> & { readonly livemode: boolean },
): string {
  return deps.guestPepper.deriveUserKey(deps.pepper.hash('guest-scope', `${purchaseId}\0${key}`), livemode)
}

/** What was derived is compared with the key that was issued: after a change of a pepper it is another, which spends nothing. */
async function refuseLateRepeat(
  transaction: DatabaseTransaction,
  { pepper }: PeppersAndClock,
  repeat: { readonly purchase: Purchase; readonly guestSecret: string; readonly nowMs: number },
): Promise<void> {
  const { purchase, guestSecret, nowMs } = repeat
  const isInTime = nowMs - purchase.created_at_ms <= guestKeyRepeatableMs
  if (isInTime && (await isSecretOf(transaction, pepper, { keyId: purchase.key_id, secret: guestSecret }))) return
  throw new AppError(
    'conflict',
    `This Idempotency-Key opened ${purchase.stripe_session_id ?? 'a checkout'} before, and the key of a guest is told again for ten minutes only. If you have that user key, go on with it. If you do not, open a new checkout with a new Idempotency-Key; should the first one have been paid, its credits are kept, and the operator can hand them over.`,
    { param: 'Idempotency-Key' },
  )
}

/** Past its end a checkout is not handed out again: there is nothing to pay. */
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
