import type { CreateCheckoutSessionResponse } from '@opencredits/protocol'
import type { Logger } from 'pino'
import type { CurrencyConfig } from '../config.ts'
import { AppError } from '../kernel/app-error.ts'
import { type Clock, hourMs } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { creditsFromMicrocredits } from '../kernel/microcredits.ts'
import { issueUserKey } from '../keys/issue-key.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Partner } from '../partners/partner.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { createGuest } from '../users/find-user.ts'
import { type CreatedSession, type Payments, PaymentsUnavailable } from './payments.ts'
import type { PurchaseAmount } from './purchase-amount.ts'

export interface SessionWish {
  readonly partner: Partner
  /** Who buys; null makes a guest. */
  readonly buyer: { readonly userId: string; readonly keyId: string; readonly secret: string } | null
  /** A secret for the guest that can be told again on a repeat; null draws a new one. */
  readonly guestSecret: string | null
  readonly amount: PurchaseAmount
  readonly currency: CurrencyConfig
  readonly mode: 'embedded' | 'new_tab' | 'manual'
  readonly email: string | null
  readonly locale: string | null
}

export interface CreateSessionDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly pepper: Pepper
  readonly payments: Payments
}

const sessionLifetimeMs = hourMs

/**
 * Opens a checkout session: first the purchase is written down, then Stripe is asked, so that whatever is paid is known.
 * @throws AppError 503 `payments_unavailable` when Stripe does not answer; nothing was sold.
 */
export async function createSession(
  deps: CreateSessionDeps,
  wish: SessionWish,
): Promise<CreateCheckoutSessionResponse> {
  const nowMs = deps.clock.nowMs()
  const expiresAtMs = nowMs + sessionLifetimeMs
  const purchaseId = newId('pur')
  const buyer = await writePurchase(deps, wish, { purchaseId, nowMs, expiresAtMs })
  const session = await openAtStripe(deps, wish, purchaseId, expiresAtMs)
  await deps.db
    .updateTable('purchases')
    .set({ stripe_session_id: session.sessionId })
    .where('id', '=', purchaseId)
    .execute()
  await deps.db
    .updateTable('purchases')
    .set({ status: 'open' })
    .where('id', '=', purchaseId)
    .where('status', '=', 'creating')
    .execute()
  return {
    session_id: session.sessionId,
    user_key: buyer.secret,
    ...(session.checkoutUrl === null ? {} : { checkout_url: session.checkoutUrl }),
    ...(session.clientSecret === null ? {} : { client_secret: session.clientSecret }),
    expires_at: Math.floor(expiresAtMs / 1000),
  }
}

async function writePurchase(
  deps: CreateSessionDeps,
  wish: SessionWish,
  purchase: { readonly purchaseId: string; readonly nowMs: number; readonly expiresAtMs: number },
): Promise<{ readonly secret: string }> {
  return transact(deps.db, async (transaction) => {
    const buyer = wish.buyer ?? (await makeGuest(deps, transaction, wish, purchase.nowMs))
    await transaction
      .insertInto('purchases')
      .values({
        id: purchase.purchaseId,
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
        created_at_ms: purchase.nowMs,
        expires_at_ms: purchase.expiresAtMs,
        completed_at_ms: null,
      })
      .execute()
    return buyer
  })
}

async function makeGuest(
  deps: CreateSessionDeps,
  transaction: Parameters<typeof createGuest>[0],
  wish: SessionWish,
  nowMs: number,
) {
  const userId = await createGuest(transaction, nowMs)
  const key = await issueUserKey(
    transaction,
    deps.pepper,
    {
      userId,
      partnerId: wish.partner.id,
      source: 'checkout',
      ...(wish.guestSecret === null ? {} : { secret: wish.guestSecret }),
    },
    nowMs,
  )
  return { userId, ...key }
}

async function openAtStripe(
  deps: CreateSessionDeps,
  wish: SessionWish,
  purchaseId: string,
  expiresAtMs: number,
): Promise<CreatedSession> {
  try {
    return await deps.payments.createSession({
      purchaseId,
      partnerId: wish.partner.id,
      appName: wish.partner.name,
      amountMinor: wish.amount.amountMinor,
      currency: wish.currency.code,
      credits: creditsFromMicrocredits(wish.amount.creditsMicrocredits),
      mode: wish.mode,
      email: wish.email,
      locale: wish.locale,
      expiresAtMs,
    })
  } catch (error) {
    if (!(error instanceof PaymentsUnavailable)) throw error
    deps.logger.error({ purchaseId, reason: error.message }, 'no checkout session could be opened')
    throw new AppError(
      'payments_unavailable',
      'Payments are not available at the moment. Nothing was charged; try again in a minute.',
      {
        retryAfterSeconds: 30,
        cause: error,
      },
    )
  }
}
