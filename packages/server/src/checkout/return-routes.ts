import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CheckoutReturnResponse } from '@opencredits/protocol'
import { type Response, Router } from 'express'
import { z } from 'zod'
import type { ReadJson } from '../http/read-json.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import { minorUnitDigitsOf } from '../kernel/minor-unit-digits.ts'
import type { PartnerDirectory } from '../partners/partner.ts'
import { findPurchase, type Purchase } from './find-purchase.ts'
import { returnPageHeaders } from './frame-headers.ts'
import { isCancelled } from './is-cancelled.ts'
import { createLateLookUp, type LateLookUp, type LateLookUpDeps } from './look-up-late.ts'
import { paymentsOf } from './payment-worlds.ts'
import { PaymentRefused, PaymentsUnavailable } from './payments.ts'

export interface ReturnDeps extends LateLookUpDeps {
  readonly partners: PartnerDirectory
  readonly isSandbox: boolean
  readonly readJson: ReadJson
  /** Where `packages/sdk` was built. */
  readonly sdkDistPath: string
}

const purchaseSchema = z.object({ purchase: z.string({ error: 'expected the id of a purchase' }).max(100) })

/**
 * The pages that Stripe's own page returns to, in a tab of their own. They share no storage with the dialog that waits in
 * the app, so both ask the server how the purchase stands, and a user who went back is told to the server too.
 */
export function createReturnRouter(deps: ReturnDeps): Router {
  const router = Router()
  const lateLookUp = createLateLookUp(deps)

  for (const [path, file] of [
    ['/checkout/return', 'return.html'],
    ['/checkout/cancelled', 'cancelled.html'],
  ] as const) {
    router.get(path, async (_request, response) => void (await sendPage(deps, response, file)))
  }

  router.get('/checkout/state', async (request, response) => {
    const purchase = await requirePurchase(deps, validate(purchaseSchema, request.query).purchase)
    response.set('cache-control', 'no-store').json(await describe(deps, await refresh(deps, lateLookUp, purchase)))
  })

  // A page elsewhere cannot call it: a JSON body needs leave that is not given here.
  router.post('/checkout/cancelled', async (request, response) => {
    if (request.is('json') === false) throw new AppError('unsupported_media_type', 'Expected application/json.')
    const purchase = await requirePurchase(deps, validate(purchaseSchema, await deps.readJson(request)).purchase)
    await cancel(deps, purchase)
    response.set('cache-control', 'no-store').json(await describe(deps, await refresh(deps, lateLookUp, purchase)))
  })
  return router
}

/** Only purchases that are paid on Stripe's own page: nobody returns from the form inside the dialog. */
async function requirePurchase(deps: ReturnDeps, purchaseId: string): Promise<Purchase> {
  const purchase = await findPurchase(deps.db, 'id', purchaseId)
  if (purchase === null || purchase.mode === 'embedded') throw new AppError('not_found', 'There is no such purchase.')
  return purchase
}

/**
 * Writes down that the user went back, and closes the session at Stripe, so that the tab's history cannot pay what the
 * user believes to be over. One that has just been paid is refused by Stripe, and stays paid.
 */
async function cancel(deps: ReturnDeps, purchase: Purchase): Promise<void> {
  if (purchase.status !== 'open' || purchase.stripe_session_id === null) return
  await deps.db
    .updateTable('purchases')
    .set({ cancelled_at_ms: deps.clock.nowMs() })
    .where('id', '=', purchase.id)
    .where('status', '=', 'open')
    .execute()
  try {
    await paymentsOf(deps.payments, purchase).expireSession(purchase.stripe_session_id)
  } catch (error) {
    if (!(error instanceof PaymentsUnavailable || error instanceof PaymentRefused)) throw error
    deps.logger.warn({ purchaseId: purchase.id, reason: error.message }, 'a cancelled session could not be closed')
  }
}

async function refresh(deps: ReturnDeps, lateLookUp: LateLookUp, purchase: Purchase): Promise<Purchase> {
  if (purchase.status === 'open' || purchase.status === 'processing') await lateLookUp.ask(purchase)
  return (await findPurchase(deps.db, 'id', purchase.id)) ?? purchase
}

async function describe(deps: ReturnDeps, purchase: Purchase): Promise<CheckoutReturnResponse> {
  const partner = await deps.partners.byId(purchase.partner_id)
  return {
    status: purchase.status === 'creating' ? 'open' : purchase.status,
    cancelled: isCancelled(purchase),
    app_name: partner.name,
    logo_url: partner.logoUrl,
    accent_color: partner.accentColor,
    amount: purchase.amount_minor / 10 ** minorUnitDigitsOf(purchase.currency),
    currency: purchase.currency,
    credits: creditsFromMicrocredits(microcredits(purchase.credits_microcredits)),
  }
}

async function sendPage(deps: ReturnDeps, response: Response, file: string): Promise<void> {
  const page = await readFile(join(deps.sdkDistPath, 'checkout', file), 'utf8')
  const mark = deps.isSandbox ? ' data-sandbox' : ''
  response
    .set(returnPageHeaders)
    .type('html')
    .send(page.replace('<html lang="en"', (tag) => tag + mark))
}
