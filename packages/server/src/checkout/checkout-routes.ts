import type { CheckoutSessionResponse, CreateCheckoutSessionResponse } from '@opencredits/protocol'
import { type Request, Router } from 'express'
import { z } from 'zod'
import type { CurrencyConfig } from '../config.ts'
import { clientAddress } from '../http/client-address.ts'
import { readJsonObject, smallBody } from '../http/read-json.ts'
import { createThrottle } from '../http/throttle.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import type { AuthenticatedKey, KeyAuthenticator } from '../keys/authenticate-key.ts'
import { readCredentials } from '../keys/read-credentials.ts'
import { readWallet } from '../ledger/balance.ts'
import type { PartnerDirectory } from '../partners/partner.ts'
import { type CreateSessionDeps, createSession, type SessionWish } from './create-session.ts'
import { findPurchase, type Purchase } from './find-purchase.ts'
import { answerOnce } from './idempotent-answer.ts'
import { createLateLookUp, type LateLookUp } from './look-up-late.ts'
import { type PurchaseBounds, readPurchaseAmount } from './purchase-amount.ts'

export interface CheckoutDeps extends CreateSessionDeps {
  readonly authenticator: KeyAuthenticator
  readonly partners: PartnerDirectory
  readonly currencies: readonly CurrencyConfig[]
  readonly purchaseBounds: PurchaseBounds
}

const createSchema = z.object({
  publishable_key: z.string().max(200),
  amount: z.union([z.number(), z.string().max(40)], {
    error: 'expected an amount in major units of the currency, such as 10',
  }),
  currency: z
    .string()
    .max(10)
    .transform((code) => code.toLowerCase())
    .default('usd'),
  mode: z.enum(['embedded', 'new_tab', 'manual']).default('embedded'),
  email: z.email().max(254).nullish(),
  locale: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'expected a language tag such as en or pt-BR')
    .max(35)
    .nullish(),
})

/** `POST /v1/checkout/sessions`, `GET /v1/checkout/sessions/{id}`. */
export function createCheckoutRouter(deps: CheckoutDeps): Router {
  const router = Router()
  const sessionsPerAddress = createThrottle({ name: 'checkout-sessions', times: 120, perSeconds: 600 })
  const lateLookUp = createLateLookUp(deps)

  router.post('/v1/checkout/sessions', smallBody, async (request, response) => {
    const object = readJsonObject(request)
    const body = validate(createSchema, object)
    const partner = await deps.partners.byPublishableKey(body.publishable_key)
    const currency = findCurrency(deps.currencies, body.currency)
    const amount = readPurchaseAmount(body.amount, currency, deps.purchaseBounds)
    const buyer = await findBuyer(deps, request)
    await sessionsPerAddress.take(clientAddress(request))
    const wish = {
      partner,
      buyer,
      amount,
      currency,
      mode: body.mode,
      email: body.email ?? null,
      locale: body.locale ?? null,
    }
    const answer = await createOnce(deps, request, JSON.stringify(object), wish)
    response.status(200).set('cache-control', 'no-store').json(answer)
  })

  router.get('/v1/checkout/sessions/:id', async (request, response) => {
    const key = await deps.authenticator.requireUserKey(request)
    const purchase = await findOwn(deps, key, String(request.params.id))
    const answer = await describe(deps, await refresh(lateLookUp, deps, purchase))
    response.set('cache-control', 'no-store').json(answer)
  })
  return router
}

function findCurrency(currencies: readonly CurrencyConfig[], code: string): CurrencyConfig {
  const currency = currencies.find((one) => one.code === code)
  if (currency !== undefined) return currency
  const enabled = currencies.map((one) => one.code).join(', ')
  throw new AppError(
    'invalid_request',
    `currency: ${code.slice(0, 10)} is not enabled here; expected one of ${enabled}.`,
    { param: 'currency' },
  )
}

async function findBuyer(deps: CheckoutDeps, request: Request): Promise<SessionWish['buyer']> {
  const key = await deps.authenticator.optionalUserKey(request)
  const { payingKey } = readCredentials(request.headers)
  return key === null || payingKey === null ? null : { userId: key.userId, keyId: key.keyId, secret: payingKey }
}

/**
 * With an `Idempotency-Key` the same request gives the same session. A guest's secret is then derived from the scope, so
 * that a repeat can tell it again though it is stored nowhere; the scope holds the caller's address, so that nobody
 * elsewhere is told it by guessing the key.
 */
async function createOnce(
  deps: CheckoutDeps,
  request: Request,
  body: string,
  wish: Omit<SessionWish, 'guestSecret'>,
): Promise<CreateCheckoutSessionResponse> {
  const key = request.get('idempotency-key')?.trim()
  if (key === undefined || key === '') return createSession(deps, { ...wish, guestSecret: null })
  if (key.length > 255)
    throw new AppError('invalid_request', 'Idempotency-Key: expected at most 255 characters.', {
      param: 'Idempotency-Key',
    })
  const who = wish.buyer === null ? `address:${clientAddress(request)}` : `user:${wish.buyer.userId}`
  const scope = `checkout:${wish.partner.id}:${who}`
  const nowMs = deps.clock.nowMs()
  // The day is part of it: a key that is used again after its answer was forgotten must not meet an old guest.
  const secretFor = (madeAtMs: number) => deps.pepper.deriveUserKey(`${scope}:${key}:${madeAtMs}`)
  const guestSecret = wish.buyer === null ? secretFor(nowMs) : null
  return answerOnce(deps.db, { scope, key, requestHash: deps.pepper.hash('request-body', body) }, nowMs, {
    begin: () => createSession(deps, { ...wish, guestSecret }),
    keep: ({ user_key: _secret, ...rest }) => JSON.stringify({ ...rest, made_at_ms: nowMs }),
    async repeat(kept) {
      const { made_at_ms: madeAtMs, ...rest } = JSON.parse(kept) as Omit<CreateCheckoutSessionResponse, 'user_key'> & {
        made_at_ms: number
      }
      return { ...rest, user_key: wish.buyer?.secret ?? secretFor(madeAtMs) }
    },
  })
}

async function findOwn(deps: CheckoutDeps, key: AuthenticatedKey, sessionId: string): Promise<Purchase> {
  const purchase = await findPurchase(deps.db, 'stripe_session_id', sessionId)
  if (purchase === null || purchase.user_id !== key.userId)
    throw new AppError('not_found', 'There is no such checkout session.')
  return purchase
}

/** The webhook may be late: then Stripe itself is asked, now and then. */
async function refresh(lookUp: LateLookUp, deps: CheckoutDeps, purchase: Purchase): Promise<Purchase> {
  if (purchase.status !== 'open' && purchase.status !== 'processing') return purchase
  await lookUp.ask(purchase)
  return (await findPurchase(deps.db, 'id', purchase.id)) ?? purchase
}

async function describe(deps: CheckoutDeps, purchase: Purchase): Promise<CheckoutSessionResponse> {
  const wallet = await readWallet(deps.db, purchase.user_id)
  const digits = deps.currencies.find(({ code }) => code === purchase.currency)?.minorUnitDigits ?? 2
  return {
    session_id: purchase.stripe_session_id ?? '',
    status: purchase.status === 'creating' ? 'open' : purchase.status,
    balance: creditsFromMicrocredits(wallet.availableMicrocredits),
    credits_added:
      purchase.status === 'complete' ? creditsFromMicrocredits(microcredits(purchase.credits_microcredits)) : 0,
    amount: purchase.amount_minor / 10 ** digits,
    currency: purchase.currency,
    ...(purchase.failure === null ? {} : { failure: purchase.failure }),
  }
}
