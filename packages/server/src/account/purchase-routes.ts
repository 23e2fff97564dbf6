import { Router } from 'express'
import { z } from 'zod'
import { amountFields } from '../checkout/amount-fields.ts'
import { findPurchase } from '../checkout/find-purchase.ts'
import { createLateLookUp } from '../checkout/look-up-late.ts'
import { localeSchema } from '../http/locale-schema.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { decodeCursor, pageOf } from '../lists/cursor.ts'
import { pageQuerySchema } from '../lists/page-query.ts'
import { type AccountDeps, requireUser } from './account-deps.ts'
import { buyCredits } from './buy-credits.ts'
import { afterPurchase, describePurchase, purchasesQuery } from './list-purchases.ts'
import { readOverview } from './read-overview.ts'

export const purchaseSchema = z.strictObject({
  ...amountFields,
  locale: localeSchema.nullish(),
})

/** `GET /v1/account/overview`; `GET` and `POST /v1/account/purchases`, `GET /v1/account/purchases/{id}`. */
export function createPurchaseRouter(deps: AccountDeps): Router {
  const router = Router()
  const opened = deps.createThrottle({ name: 'checkout-sessions-user', times: 120, perSeconds: 600 })
  const lateLookUp = createLateLookUp(deps)

  router.get('/v1/account/overview', async (request, response) => {
    const session = await requireUser(deps, request, response, 'any')
    response.json(await readOverview(deps, session, deps.clock.nowMs()))
  })

  router.get('/v1/account/purchases', async (request, response) => {
    const { userId } = await requireUser(deps, request, response)
    const query = validate(pageQuerySchema, request.query)
    const after = decodeCursor(query.after)
    const all = purchasesQuery(deps.db, userId)
    const rows = await (after === null ? all : afterPurchase(all, after)).limit(query.limit + 1).execute()
    const cursor = (row: (typeof rows)[number]) => ({ atMs: row.created_at_ms, id: row.id })
    response.json(pageOf(rows, query.limit, { cursor, entry: describePurchase }))
  })

  router.post('/v1/account/purchases', async (request, response) => {
    const session = await requireUser(deps, request, response)
    const body = validate(purchaseSchema, await deps.readJson(request))
    await opened.take(session.userId)
    response.status(201).json(await buyCredits(deps, session, { ...body, locale: body.locale ?? null }))
  })

  router.get('/v1/account/purchases/:id', async (request, response) => {
    const { userId } = await requireUser(deps, request, response)
    const own = purchasesQuery(deps.db, userId).where('purchases.id', '=', request.params.id)
    const before = await own.executeTakeFirst()
    if (before === undefined) throw new AppError('not_found', 'There is no such purchase.')
    const purchase = await findPurchase(deps.db, 'id', before.id)
    // The webhook may be late: then Stripe itself is asked, now and then.
    if (purchase !== null && ['open', 'processing'].includes(purchase.status)) await lateLookUp.ask(purchase)
    response.json(describePurchase(await own.executeTakeFirstOrThrow()))
  })
  return router
}
