import type { AccountPurchaseOpened } from '@opencredits/protocol'
import { createSession } from '../checkout/create-session.ts'
import { findCurrency } from '../checkout/find-currency.ts'
import { findPurchase } from '../checkout/find-purchase.ts'
import { readPurchaseAmount } from '../checkout/purchase-amount.ts'
import { assert } from '../kernel/assert.ts'
import { issueUserKey } from '../keys/issue-key.ts'
import type { Pepper } from '../keys/pepper.ts'
import { accountAppId } from '../partners/account-app.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import type { AccountDeps } from './account-deps.ts'

export interface Buyer {
  readonly userId: string
  readonly email: string
}

export interface PurchaseAsked {
  readonly amount: number | string
  readonly currency: string
  readonly locale: string | null
}

/**
 * Opens Stripe's own page for a purchase by the signed-in user.
 * @throws AppError `invalid_request` naming `amount` or `currency`; 503 `payments_unavailable` when Stripe does not answer
 */
export async function buyCredits(
  deps: AccountDeps,
  buyer: Buyer,
  asked: PurchaseAsked,
): Promise<AccountPurchaseOpened> {
  const currency = findCurrency(deps.currencies, asked.currency)
  const amount = readPurchaseAmount(asked.amount, currency, deps.purchaseBounds)
  const nowMs = deps.clock.nowMs()
  const keyId = await transact(deps.db, (transaction) => keyForPurchases(transaction, deps.pepper, buyer.userId, nowMs))
  const opened = await createSession(deps, {
    partner: await deps.partners.byId(accountAppId),
    buyer: { userId: buyer.userId, keyId, secret: '' },
    ...{ amount, currency, mode: 'new_tab', locale: asked.locale, theme: null, idempotency: null, raisesBudget: false },
    email: buyer.email,
  })
  const purchase = await findPurchase(deps.db, 'stripe_session_id', opened.session_id)
  assert(purchase !== null && opened.checkout_url !== undefined, 'a session in a new tab has a page and a purchase')
  return { purchase_id: purchase.id, checkout_url: opened.checkout_url, expires_at: opened.expires_at }
}

/**
 * Every purchase names a key. On the account page there is none, so the user has one for this alone that was over before it
 * began: its secret is kept nowhere and it can never spend.
 */
async function keyForPurchases(
  transaction: DatabaseTransaction,
  pepper: Pepper,
  userId: string,
  nowMs: number,
): Promise<string> {
  const known = await transaction
    .selectFrom('keys')
    .select('id')
    .where('user_id', '=', userId)
    .where('source', '=', 'account')
    .where('expires_at_ms', '=', 0)
    .executeTakeFirst()
  if (known !== undefined) return known.id
  const key = { userId, partnerId: accountAppId, livemode: true, source: 'account', expiresAtMs: 0 } as const
  return (await issueUserKey(transaction, pepper, key, nowMs)).keyId
}
