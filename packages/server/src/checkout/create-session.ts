import type { CreateCheckoutSessionResponse, DecidedTheme } from '@opencredits/protocol'
import type { Logger } from 'pino'
import type { CurrencyConfig } from '../config.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import { creditsFromMicrocredits } from '../kernel/microcredits.ts'
import type { GuestPepper, Pepper } from '../keys/pepper.ts'
import { readClockAheadMs } from '../keys/world-time.ts'
import type { Partner } from '../partners/partner.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import type { Purchase } from './find-purchase.ts'
import { type IdempotentRequest, releaseIdempotencyKey } from './idempotent-answer.ts'
import { type PaymentWorlds, paymentsOf } from './payment-worlds.ts'
import { type CreatedSession, PaymentRefused, PaymentsUnavailable } from './payments.ts'
import type { PurchaseAmount } from './purchase-amount.ts'
import { writePurchase } from './write-purchase.ts'

export interface SessionWish {
  readonly partner: Partner
  /** Who buys; null makes a guest. */
  readonly buyer: { readonly userId: string; readonly keyId: string; readonly secret: string } | null
  /** The app's limit grows by what is bought, once it is paid. Nothing to a guest, who has no limit. */
  readonly raisesBudget: boolean
  /** Null: the caller sent no `Idempotency-Key`. */
  readonly idempotency: IdempotentRequest | null
  readonly amount: PurchaseAmount
  readonly currency: CurrencyConfig
  readonly mode: 'embedded' | 'new_tab' | 'manual'
  readonly email: string | null
  readonly locale: string | null
  /** Which of the two Stripe's form is to match. */
  readonly theme: DecidedTheme | null
}

export interface CreateSessionDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly pepper: Pepper
  readonly guestPepper: GuestPepper
  readonly payments: PaymentWorlds
}

/**
 * Opens a checkout session: first the purchase is written down, then Stripe is asked, so that whatever is paid is known.
 * Whatever fails in between, the same request with the same `Idempotency-Key` goes on with the same purchase, and one
 * session comes of it.
 * @throws AppError 503 `payments_unavailable` when Stripe does not answer; nothing was sold. 400 or 502 when it refuses.
 */
export async function createSession(
  deps: CreateSessionDeps,
  wish: SessionWish,
): Promise<CreateCheckoutSessionResponse> {
  const { purchase, userKey } = await transact(deps.db, (transaction) => writePurchase(transaction, deps, wish))
  const session = await openAtStripe(deps, wish, purchase)
  await keepSession(deps.db, purchase, session)
  return {
    session_id: session.sessionId,
    livemode: purchase.livemode === 1,
    user_key: userKey,
    ...(session.checkoutUrl === null ? {} : { checkout_url: session.checkoutUrl }),
    ...(session.clientSecret === null ? {} : { client_secret: session.clientSecret }),
    expires_at: Math.floor(purchase.expires_at_ms / 1000),
  }
}

async function openAtStripe(deps: CreateSessionDeps, wish: SessionWish, purchase: Purchase): Promise<CreatedSession> {
  try {
    const payments = paymentsOf(deps.payments, purchase)
    if (purchase.stripe_session_id !== null) return await payments.reopenSession(purchase.stripe_session_id)
    return await payments.createSession({
      purchaseId: purchase.id,
      partnerId: purchase.partner_id,
      appName: wish.partner.name,
      amountMinor: purchase.amount_minor,
      currency: purchase.currency,
      credits: creditsFromMicrocredits(wish.amount.creditsMicrocredits),
      mode: purchase.mode,
      email: wish.email,
      locale: wish.locale,
      expiresAtMs: purchase.expires_at_ms - (await aheadOf(deps.db, purchase)),
      // Nobody's statement shows what was paid in the test world.
      statementSuffix: wish.partner.livemode ? wish.partner.statementSuffix : null,
      branding: { logoUrl: wish.partner.logoUrl, accentColor: wish.partner.accentColor, theme: wish.theme },
    })
  } catch (error) {
    if (!(error instanceof PaymentsUnavailable || error instanceof PaymentRefused)) throw error
    deps.logger.error({ purchaseId: purchase.id, reason: error.message }, 'no checkout session could be opened')
    if (error instanceof PaymentsUnavailable) throw unavailable(error)
    if (wish.idempotency !== null) await releaseIdempotencyKey(deps.db, wish.idempotency)
    throw refused(error)
  }
}

async function aheadOf(db: Database, { livemode, partner_id: partnerId }: Purchase): Promise<number> {
  return livemode === 1 ? 0 : readClockAheadMs(db, partnerId)
}

/** A webhook or an equal request may have been quicker: then its status stands. */
async function keepSession(db: Database, purchase: Purchase, session: CreatedSession): Promise<void> {
  await db
    .updateTable('purchases')
    .set({ status: 'open', stripe_session_id: session.sessionId, is_livemode: session.isLivemode ? 1 : 0 })
    .where('id', '=', purchase.id)
    .where('status', '=', 'creating')
    .execute()
}

function unavailable(cause: PaymentsUnavailable): AppError {
  return new AppError(
    'payments_unavailable',
    'Payments are not available at the moment. Nothing was charged; try again in a minute, with the same Idempotency-Key if you sent one.',
    { retryAfterSeconds: 30, cause },
  )
}

function refused(cause: PaymentRefused): AppError {
  switch (cause.what) {
    case 'email':
      return new AppError('invalid_request', 'email: the payment provider does not take this address.', {
        param: 'email',
        cause,
      })
    case 'age':
      return new AppError('conflict', 'This checkout was begun too long ago. Open a new one.', { cause })
    case 'request':
      return new AppError('upstream_error', 'The payment provider refused to open a checkout. Nothing was charged.', {
        cause,
      })
  }
}
