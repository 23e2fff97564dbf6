import type { PreflightResponse } from '@opencredits/protocol'
import { Router } from 'express'
import { z } from 'zod'
import type { CurrencyConfig } from '../config.ts'
import { formatError } from '../http/error-dialect.ts'
import { requestIdOf } from '../http/request-id.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Observations } from '../partners/observations.ts'
import type { OriginGuard } from '../partners/origin-guard.ts'
import type { PartnerDirectory } from '../partners/partner.ts'
import { noteOtherWorld } from '../partners/refuse-other-world.ts'
import { findCurrency } from './find-currency.ts'

export interface PreflightDeps {
  readonly partners: PartnerDirectory
  readonly originGuard: OriginGuard
  readonly currencies: readonly CurrencyConfig[]
  readonly isSandbox: boolean
  readonly observations: Pick<Observations, 'note'>
}

export const preflightSchema = z.object({
  publishable_key: z.string({ error: 'expected the oc_pk_… of your app' }).max(200),
  origin: z.string({ error: 'expected the origin of the page, such as https://app.example' }).max(2000),
  currency: z
    .string()
    .max(10)
    .transform((code) => code.toLowerCase())
    .default('usd'),
})

/** Browsers keep a good answer for this long, so that page after page of an app asks once. A refusal is asked for anew. */
const keptSeconds = 60

/**
 * `GET /v1/checkout/preflight`: what would keep the checkout from coming up in a page, asked by `sdk.js` before its frame
 * is loaded, because a frame that the browser blocks says nothing. An app that is suspended passes: its users sign in.
 * A page gets its refusal with status 200, because browsers add a line of their own about each 4xx to the console, where
 * the SDK's one line has to be found.
 */
export function createPreflightRouter(deps: PreflightDeps): Router {
  const router = Router()
  router.get('/v1/checkout/preflight', async (request, response) => {
    try {
      const query = validate(preflightSchema, request.query)
      const partner = await deps.partners.byPublishableKey(query.publishable_key)
      deps.originGuard.checkFraming(query.origin, partner)
      deps.observations.note(partner.id, 'page_seen', query.origin)
      noteOtherWorld(deps.observations, request.headers, partner)
      findCurrency(deps.currencies, query.currency)
    } catch (error) {
      if (request.headers.origin === undefined || !(error instanceof AppError) || error.status >= 500) throw error
      response.set('cache-control', 'no-store').json(formatError(error, 'openai', requestIdOf(request)))
      return
    }
    const answer: PreflightResponse = {
      is_sandbox: deps.isSandbox,
      currencies: deps.currencies.map(({ code }) => code),
    }
    response.set('cache-control', `public, max-age=${keptSeconds}`).json(answer)
  })
  return router
}
