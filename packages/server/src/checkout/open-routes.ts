import { Router } from 'express'
import { z } from 'zod'
import { addressBlock } from '../http/address-block.ts'
import type { ClientAddress } from '../http/client-address.ts'
import type { ReadJson } from '../http/read-json.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import { validate } from '../http/validate.ts'
import type { Clock } from '../kernel/clock.ts'
import type { PartnerDirectory } from '../partners/partner.ts'
import type { RequireOwnPage } from '../sessions/own-page.ts'
import type { OpenCounter } from './open-counter.ts'

export interface OpenRoutesDeps {
  readonly clock: Clock
  readonly partners: Pick<PartnerDirectory, 'byPublishableKey'>
  readonly openCounter: OpenCounter
  readonly requireOwnPage: RequireOwnPage
  readonly clientAddress: ClientAddress
  readonly createThrottle: CreateThrottle
  readonly readJson: ReadJson
}

export const openedSchema = z.object({
  publishable_key: z.string({ error: 'expected the oc_pk_… of the app' }).max(200),
})

/**
 * `POST /v1/checkout/opens`: the checkout's frame says that a user sees it, once a browser and day. Only the frame knows
 * both: its page is loaded before anybody opens it, and nothing that the server keeps tells one browser from another.
 */
export function createOpenRouter(deps: OpenRoutesDeps): Router {
  const router = Router()
  // Nobody can make an app's figures grow without end, and a whole office behind one address is counted.
  const byAddress = deps.createThrottle({ name: 'checkout-opens-address', times: 120, perSeconds: 3600 })

  router.post('/v1/checkout/opens', async (request, response) => {
    deps.requireOwnPage(request)
    await byAddress.take(addressBlock(deps.clientAddress(request)))
    const { publishable_key: publishableKey } = validate(openedSchema, await deps.readJson(request))
    const partner = await deps.partners.byPublishableKey(publishableKey)
    deps.openCounter.note(partner.id, deps.clock.nowMs())
    response.status(204).set('cache-control', 'no-store').end()
  })
  return router
}
