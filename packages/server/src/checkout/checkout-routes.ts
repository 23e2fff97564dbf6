import type { CheckoutSessionResponse } from '@opencredits/protocol'
import { type Request, Router } from 'express'
import { z } from 'zod'
import { findCollectedEmail } from '../claims/collected-email.ts'
import type { CurrencyConfig } from '../config.ts'
import { addressBlock } from '../http/address-block.ts'
import type { ClientAddress } from '../http/client-address.ts'
import { localeSchema } from '../http/locale-schema.ts'
import type { ReadJson } from '../http/read-json.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import { minorUnitDigitsOf } from '../kernel/minor-unit-digits.ts'
import { worldNowMs } from '../kernel/world-clock.ts'
import type { AuthenticatedKey, KeyAuthenticator } from '../keys/authenticate-key.ts'
import { sessionRequired } from '../keys/key-routes.ts'
import { readCredentials } from '../keys/read-credentials.ts'
import { budgetOf, readKeyOfId } from '../keys/read-key.ts'
import { readSpendable } from '../keys/read-spendable.ts'
import type { Observations } from '../partners/observations.ts'
import type { OriginGuard } from '../partners/origin-guard.ts'
import type { PartnerDirectory } from '../partners/partner.ts'
import { noteOtherWorld } from '../partners/refuse-other-world.ts'
import type { SessionAuthenticator } from '../sessions/authenticate-session.ts'
import { maskEmail } from '../users/email-address.ts'
import { amountFields } from './amount-fields.ts'
import { type CreateSessionDeps, createSession, type SessionWish } from './create-session.ts'
import { findCurrency } from './find-currency.ts'
import { findPurchase, type Purchase } from './find-purchase.ts'
import { readIdempotencyKey } from './idempotent-answer.ts'
import { isCancelled } from './is-cancelled.ts'
import { createLateLookUp, type LateLookUp } from './look-up-late.ts'
import { type PurchaseBounds, readPurchaseAmount } from './purchase-amount.ts'

export interface CheckoutDeps extends CreateSessionDeps {
  readonly authenticator: KeyAuthenticator
  readonly sessionAuthenticator: SessionAuthenticator
  readonly partners: PartnerDirectory
  readonly originGuard: OriginGuard
  readonly observations: Pick<Observations, 'note'>
  readonly createThrottle: CreateThrottle
  readonly clientAddress: ClientAddress
  readonly readJson: ReadJson
  readonly currencies: readonly CurrencyConfig[]
  readonly purchaseBounds: PurchaseBounds
}

export const checkoutSessionSchema = z.object({
  publishable_key: z.string().max(200),
  ...amountFields,
  mode: z.enum(['embedded', 'new_tab', 'manual']).default('embedded'),
  email: z.email().max(254).nullish(),
  locale: localeSchema.nullish(),
  theme: z.enum(['light', 'dark']).nullish(),
  /** That the user ticked "Let this app use these credits": nobody raises a limit by saying nothing. */
  allow_app: z.boolean().default(false),
})

/** `POST /v1/checkout/sessions`, `GET /v1/checkout/sessions/{id}`. */
export function createCheckoutRouter(deps: CheckoutDeps): Router {
  const router = Router()
  // Opening a checkout needs no key and makes a guest. A key of such a guest must not free its address from its limit.
  const sessionsPerAddress = deps.createThrottle({ name: 'checkout-sessions-address', times: 120, perSeconds: 600 })
  const sessionsPerUser = deps.createThrottle({ name: 'checkout-sessions-user', times: 120, perSeconds: 600 })
  // Its purchases cost nobody anything and are kept as all purchases are.
  const sessionsPerTestWorld = deps.createThrottle({
    name: 'checkout-sessions-test-world',
    times: 600,
    perSeconds: 3600,
  })
  const lateLookUp = createLateLookUp(deps)

  router.post('/v1/checkout/sessions', async (request, response) => {
    await sessionsPerAddress.take(addressBlock(deps.clientAddress(request)))
    const object = await deps.readJson(request)
    const body = validate(checkoutSessionSchema, object)
    const partner = await deps.partners.activeByPublishableKey(body.publishable_key)
    deps.originGuard.check(request.headers.origin, partner)
    if (!partner.livemode) await sessionsPerTestWorld.take(partner.id)
    noteOtherWorld(deps.observations, request.headers, partner)
    const currency = findCurrency(deps.currencies, body.currency)
    const amount = readPurchaseAmount(body.amount, currency, deps.purchaseBounds)
    const buyer = await findBuyer(deps, request)
    if (buyer !== null) await sessionsPerUser.take(buyer.userId)
    const opened = createSession(deps, {
      partner,
      buyer,
      amount,
      currency,
      mode: body.mode,
      email: body.email ?? null,
      locale: body.locale ?? null,
      theme: body.theme ?? null,
      raisesBudget: body.allow_app && (await isSignedInHere(deps, request, buyer)),
      idempotency: readIdempotency(deps, request, { partnerId: partner.id, buyer, body: JSON.stringify(object) }),
    })
    const answer = await noteRefusal(deps.observations, partner.id, opened)
    response.status(200).set('cache-control', 'no-store').json(answer)
  })

  router.get('/v1/checkout/sessions/:id', async (request, response) => {
    const key = await deps.authenticator.requireUserKey(request)
    const purchase = await findOwn(deps, key, String(request.params.id))
    const answer = await describe(deps, key, await refresh(lateLookUp, deps, purchase))
    response.set('cache-control', 'no-store').json(answer)
  })
  return router
}

/** Notes why an app's checkout could not be opened, for its developer to read. */
async function noteRefusal<Answer>(
  observations: Pick<Observations, 'note'>,
  partnerId: string,
  opened: Promise<Answer>,
): Promise<Answer> {
  try {
    return await opened
  } catch (error) {
    if (error instanceof AppError) observations.note(partnerId, 'checkout_refused', error.code)
    throw error
  }
}

/**
 * Whether the buyer is signed in in the frame that asks. The app has the key, too: it could buy with a card of its own, say
 * that its user allows it more, spend that, and dispute the payment.
 */
async function isSignedInHere(
  { sessionAuthenticator }: CheckoutDeps,
  request: Request,
  buyer: SessionWish['buyer'],
): Promise<boolean> {
  const session = await sessionAuthenticator.optionalSession(request)
  return session !== null && session.userId === buyer?.userId
}

async function findBuyer(deps: CheckoutDeps, request: Request): Promise<SessionWish['buyer']> {
  const key = await deps.authenticator.optionalUserKey(request)
  const { payingKey } = readCredentials(request.headers)
  // Whoever has a key of the user's own programs spends with it, and no more.
  if (key?.source === 'account') throw sessionRequired()
  return key === null || payingKey === null ? null : { userId: key.userId, keyId: key.keyId, secret: payingKey }
}

/** The address is part of an anonymous caller's scope, so that nobody elsewhere is told its secret by guessing the key. */
function readIdempotency(
  deps: CheckoutDeps,
  request: Request,
  asked: { readonly partnerId: string; readonly buyer: SessionWish['buyer']; readonly body: string },
): SessionWish['idempotency'] {
  const key = readIdempotencyKey(request.get('idempotency-key'))
  if (key === null) return null
  const who = asked.buyer === null ? `address:${deps.clientAddress(request)}` : `user:${asked.buyer.userId}`
  return {
    scope: `checkout:${asked.partnerId}:${who}`,
    key,
    requestHash: deps.pepper.hash('request-body', asked.body),
  }
}

async function findOwn(deps: CheckoutDeps, key: AuthenticatedKey, sessionId: string): Promise<Purchase> {
  const purchase = await findPurchase(deps.db, 'stripe_session_id', sessionId)
  if (purchase === null || purchase.user_id !== key.userId || !isOfApp(purchase, key))
    throw new AppError('not_found', 'There is no such checkout session.')
  return purchase
}

/** An app sees what was bought in it, or with its key; a guest whatever was bought for it. */
function isOfApp(purchase: Purchase, key: AuthenticatedKey): boolean {
  return key.isGuest || purchase.partner_id === key.partnerId || purchase.key_id === key.keyId
}

/** The webhook may be late: then Stripe itself is asked, now and then. */
async function refresh(lookUp: LateLookUp, deps: CheckoutDeps, purchase: Purchase): Promise<Purchase> {
  if (purchase.status !== 'open' && purchase.status !== 'processing') return purchase
  await lookUp.ask(purchase)
  return (await findPurchase(deps.db, 'id', purchase.id)) ?? purchase
}

/**
 * The key with its limit as it stands now: the purchase may just have raised it, and a key is kept for a moment. The page
 * calls as soon as it hears of the purchase, so the old limit is forgotten first.
 */
async function withNewBudget(deps: CheckoutDeps, key: AuthenticatedKey, purchase: Purchase): Promise<AuthenticatedKey> {
  if (key.budget === null || purchase.status !== 'complete') return key
  const row = await readKeyOfId(deps.db, key.keyId)
  if (row === undefined) return key
  const fresh = budgetOf(row)
  if (fresh.budget?.amountMicrocredits !== key.budget.amountMicrocredits) deps.authenticator.forgetAll()
  return { ...key, ...fresh }
}

async function describe(
  deps: CheckoutDeps,
  key: AuthenticatedKey,
  purchase: Purchase,
): Promise<CheckoutSessionResponse> {
  const nowMs = worldNowMs(deps.clock.nowMs(), key)
  const spendable = await readSpendable(deps.db, await withNewBudget(deps, key, purchase), nowMs)
  const { stripe_session_id: stripeSessionId, user_id: userId } = purchase
  const email = stripeSessionId === null ? null : await findCollectedEmail(deps.db, { stripeSessionId, userId })
  return {
    session_id: purchase.stripe_session_id ?? '',
    livemode: purchase.livemode === 1,
    status: purchase.status === 'creating' ? 'open' : purchase.status,
    balance: creditsFromMicrocredits(spendable.availableMicrocredits),
    credits_added:
      purchase.status === 'complete' ? creditsFromMicrocredits(microcredits(purchase.credits_microcredits)) : 0,
    amount: purchase.amount_minor / 10 ** minorUnitDigitsOf(purchase.currency),
    currency: purchase.currency,
    ...(purchase.failure === null ? {} : { failure: purchase.failure }),
    ...(isCancelled(purchase) ? { cancelled: true as const } : {}),
    ...(email === null ? {} : { email_hint: maskEmail(email) }),
  }
}
