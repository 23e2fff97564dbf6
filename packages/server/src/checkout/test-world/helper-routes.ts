import { type Request, Router } from 'express'
import { z } from 'zod'
import type { ReadJson } from '../../http/read-json.ts'
import { validate } from '../../http/validate.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { PartnerAuthenticator } from '../../partners/authenticate-partner.ts'
import type { PartnerCaller } from '../../partners/partner-caller.ts'
import type { Database } from '../../store/open-database.ts'
import { findPurchase, type Purchase } from '../find-purchase.ts'
import { actOnPayment, declineCodes, type PaymentAct } from './act-on-payment.ts'
import { findTestPayment, type TestPayment } from './built-in-payment.ts'
import { describeTestPurchase } from './describe-test-purchase.ts'
import { type Acted, closeDispute, openDispute, refundPayment } from './take-back-payment.ts'

export interface TestHelperDeps {
  readonly db: Database
  readonly clock: Clock
  readonly partnerAuthenticator: PartnerAuthenticator
  readonly readJson: ReadJson
}

const email = z.email().max(254).nullish()
const amount = z.int().min(1).nullish().describe('minor units; default: all that is left')
/** What can be done to a purchase of the test world, and with what body. */
export const testHelperSchemas = {
  pay: z.object({ email }),
  pay_later: z.object({ succeeds: z.boolean().default(true), email }),
  settle: z.object({}),
  decline: z.object({ code: z.enum(declineCodes).default('generic_decline') }),
  expire: z.object({}),
  refund: z.object({ amount_minor: amount }),
  dispute: z.object({ amount_minor: amount }),
  close_dispute: z.object({ status: z.enum(['won', 'lost']) }),
} as const

const purchases = '/v1/partner/test_helpers/purchases'

/**
 * What a developer lets happen to purchases of the test world, without a browser and afterwards: `…/{id}/pay`,
 * `…/refund`, and so on, for keys of the test world with `app:write`. `{id}` is a purchase's, or its checkout session's.
 */
export function createTestHelperRouter(deps: TestHelperDeps): Router {
  const router = Router()
  router.get(`${purchases}/:id`, async (request, response) => {
    const caller = await requireTestCaller(deps, request, 'app:read')
    const purchase = await requirePurchase(deps, request, caller)
    response.set('cache-control', 'no-store').json(await describeTestPurchase(deps.db, purchase))
  })

  const addAct = <Body>(name: string, schema: z.ZodType<Body>, act: (of: Acted, body: Body) => Promise<unknown>) =>
    router.post(`${purchases}/:id/${name}`, async (request, response) => {
      const caller = await requireTestCaller(deps, request)
      const body = validate(schema, await deps.readJson(request))
      const purchase = await requirePurchase(deps, request, caller)
      await act({ purchase, payment: await requireBuiltIn(deps, purchase) }, body)
      const after = await requirePurchase(deps, request, caller)
      response.set('cache-control', 'no-store').json(await describeTestPurchase(deps.db, after))
    })
  const onPage = ({ payment }: Acted, act: PaymentAct) => actOnPayment(deps, payment, act)

  addAct('pay', testHelperSchemas.pay, (of, body) => onPage(of, { action: 'pay', ...body }))
  addAct('pay_later', testHelperSchemas.pay_later, (of, body) => onPage(of, { action: 'pay_later', ...body }))
  addAct('settle', testHelperSchemas.settle, (of) => onPage(of, { action: 'settle' }))
  addAct('decline', testHelperSchemas.decline, (of, body) => onPage(of, { action: 'decline', ...body }))
  addAct('expire', testHelperSchemas.expire, (of) => onPage(of, { action: 'expire' }))
  addAct('refund', testHelperSchemas.refund, (of, body) => refundPayment(deps, of, body.amount_minor ?? null))
  addAct('dispute', testHelperSchemas.dispute, (of, body) => openDispute(deps, of, body.amount_minor ?? null))
  addAct('close_dispute', testHelperSchemas.close_dispute, (of, { status }) => closeDispute(deps, of, status))
  return router
}

/** @throws AppError `conflict` for a caller of the live world, where nothing is for trying out */
export async function requireTestCaller(
  { partnerAuthenticator }: Pick<TestHelperDeps, 'partnerAuthenticator'>,
  request: Request,
  permission: 'app:read' | 'app:write' = 'app:write',
): Promise<PartnerCaller> {
  const caller = await partnerAuthenticator.require(request, permission)
  if (!caller.livemode) return caller
  throw new AppError(
    'conflict',
    'This is for the test world only: send a key of it (oc_rk_test_…), or livemode=false with a session. Live purchases are paid and refunded with real money.',
  )
}

async function requirePurchase({ db }: TestHelperDeps, request: Request, caller: PartnerCaller): Promise<Purchase> {
  const id = String(request.params.id)
  const purchase = await findPurchase(db, id.startsWith('cs_') ? 'stripe_session_id' : 'id', id)
  if (purchase !== null && purchase.partner_id === caller.partnerId && purchase.livemode === 0) return purchase
  throw new AppError('not_found', 'Your app has no such purchase in its test world.')
}

async function requireBuiltIn({ db }: TestHelperDeps, purchase: Purchase): Promise<TestPayment> {
  const payment = await findTestPayment(db, 'purchase_id', purchase.id)
  if (payment !== null) return payment
  throw new AppError(
    'conflict',
    'This purchase is paid in Stripe’s test mode, not on the built-in page: use Stripe’s test cards, and its dashboard for refunds and disputes.',
  )
}
