import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestPaymentResponse } from '@opencredits/protocol'
import { type Request, Router } from 'express'
import { z } from 'zod'
import { addressBlock } from '../../http/address-block.ts'
import type { ClientAddress } from '../../http/client-address.ts'
import type { ReadJson } from '../../http/read-json.ts'
import type { CreateThrottle } from '../../http/throttle.ts'
import { validate } from '../../http/validate.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import { creditsFromMicrocredits, microcredits } from '../../kernel/microcredits.ts'
import { minorUnitDigitsOf } from '../../kernel/minor-unit-digits.ts'
import type { PartnerDirectory } from '../../partners/partner.ts'
import type { Database } from '../../store/open-database.ts'
import { readEmail } from '../../users/email-address.ts'
import { findPurchase } from '../find-purchase.ts'
import { returnPageHeaders } from '../frame-headers.ts'
import { actOnPayment, declineCodes } from './act-on-payment.ts'
import { findTestPayment, type TestPayment } from './built-in-payment.ts'

export interface TestPaymentDeps {
  readonly db: Database
  readonly clock: Clock
  readonly partners: PartnerDirectory
  readonly createThrottle: CreateThrottle
  readonly clientAddress: ClientAddress
  readonly readJson: ReadJson
  /** Where `packages/sdk` was built. */
  readonly sdkDistPath: string
}

const email = z
  .string()
  .max(254)
  .nullish()
  .transform((text) => readEmail(text))
export const paymentActSchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('pay'), email }),
  z.object({ action: z.literal('pay_later'), succeeds: z.boolean(), email }),
  z.object({ action: z.literal('decline'), code: z.enum(declineCodes).default('generic_decline') }),
  z.object({ action: z.literal('expire') }),
])

/**
 * The built-in page, on which purchases of the test world are paid where it has no keys of Stripe, and what it calls. Who
 * knows a session's id may pay it, as with Stripe's page: it takes no card and moves no money. Other sites' pages cannot
 * call it, because a JSON body needs leave that is not given here.
 */
export function createTestPaymentRouter(deps: TestPaymentDeps): Router {
  const router = Router()
  const actsPerAddress = deps.createThrottle({ name: 'test-payments-address', times: 300, perSeconds: 600 })

  router.get('/checkout/test-payment', async (_request, response) => {
    const page = await readFile(join(deps.sdkDistPath, 'checkout/test-payment.html'), 'utf8')
    response.set(returnPageHeaders).type('html').send(page)
  })

  router.get('/checkout/test-payments/:id', async (request, response) => {
    response.set('cache-control', 'no-store').json(await describe(deps, await requirePayment(deps, request)))
  })

  router.post('/checkout/test-payments/:id', async (request, response) => {
    if (request.is('json') === false) throw new AppError('unsupported_media_type', 'Expected application/json.')
    await actsPerAddress.take(addressBlock(deps.clientAddress(request)))
    const act = validate(paymentActSchema, await deps.readJson(request))
    const payment = await actOnPayment(deps, await requirePayment(deps, request), act)
    response.set('cache-control', 'no-store').json(await describe(deps, payment))
  })
  return router
}

async function requirePayment({ db }: TestPaymentDeps, request: Request): Promise<TestPayment> {
  const payment = await findTestPayment(db, 'id', String(request.params.id))
  if (payment !== null) return payment
  throw new AppError('not_found', 'There is no such payment in the test world.')
}

async function describe(deps: TestPaymentDeps, payment: TestPayment): Promise<TestPaymentResponse> {
  const partner = await deps.partners.byId(payment.partner_id)
  const purchase = await findPurchase(deps.db, 'id', payment.purchase_id)
  const query = `purchase=${payment.purchase_id}${purchase?.locale ? `&locale=${purchase.locale}` : ''}`
  return {
    session_id: payment.id,
    livemode: false,
    status: purchase === null || purchase.status === 'creating' ? 'open' : purchase.status,
    declined_as: payment.declined_as,
    app_name: partner.name,
    logo_url: partner.logoUrl,
    accent_color: partner.accentColor,
    amount: payment.amount_minor / 10 ** minorUnitDigitsOf(payment.currency),
    currency: payment.currency,
    credits: creditsFromMicrocredits(microcredits(purchase?.credits_microcredits ?? 0)),
    email: payment.email,
    return_path: payment.mode === 'embedded' ? null : `/checkout/return?${query}`,
    cancel_path: payment.mode === 'embedded' ? null : `/checkout/cancelled?${query}`,
  }
}
