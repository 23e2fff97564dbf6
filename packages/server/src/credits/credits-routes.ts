import type { BalanceResponse, PricingResponse } from '@opencredits/protocol'
import { type Request, Router } from 'express'
import { z } from 'zod'
import type { CurrencyConfig } from '../config.ts'
import type { ReadJson } from '../http/read-json.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import { creditsFromMicrocredits } from '../kernel/microcredits.ts'
import { worldNowMs } from '../kernel/world-clock.ts'
import type { KeyAuthenticator } from '../keys/authenticate-key.ts'
import { readSpendable } from '../keys/read-spendable.ts'
import type { PartnerDirectory } from '../partners/partner.ts'
import { refuseOtherWorld } from '../partners/refuse-other-world.ts'
import type { Database } from '../store/open-database.ts'
import { balanceInMoney } from './balance-in-money.ts'
import { type Pricing, usualTokens } from './describe-pricing.ts'
import { describeRequest } from './describe-request.ts'
import { decodeCursor, readHistory } from './history.ts'
import { scopeOf } from './scope-of-key.ts'

export interface CreditsDeps {
  readonly db: Database
  readonly clock: Clock
  readonly authenticator: KeyAuthenticator
  readonly partners: PartnerDirectory
  readonly pricing: Pricing
  readonly currencies: readonly CurrencyConfig[]
  readonly readJson: ReadJson
}

const wholeNumber = (min: number, max: number) =>
  z.coerce.number({ error: 'expected a number' }).int().min(min).max(max)

export const historyQuerySchema = z.object({
  limit: wholeNumber(1, 200).default(50),
  offset: wholeNumber(0, 1_000_000).default(0),
  after: z.string().max(1000).optional(),
})

export const pricingSchema = z.object({
  publishable_key: z.string({ error: 'expected the oc_pk_… of your app' }).max(200),
  models: z.array(z.string().max(200)).max(500).optional(),
  input_tokens: wholeNumber(0, 100_000_000).default(usualTokens),
  output_tokens: wholeNumber(0, 100_000_000).default(usualTokens),
})

/** What a key can spend, what became of it, and what it will buy: `/v1/credits…`. */
export function createCreditsRouter(deps: CreditsDeps): Router {
  const router = Router()
  const describe = async (request: Request, query: z.output<typeof pricingSchema>): Promise<PricingResponse> => {
    const partner = await deps.partners.activeByPublishableKey(query.publishable_key)
    refuseOtherWorld(request.headers, partner)
    return deps.pricing.describe(partner, query)
  }

  router.get('/v1/credits/balance', async (request, response) => {
    const key = await deps.authenticator.requireUserKey(request)
    const spendable = await readSpendable(deps.db, key, worldNowMs(deps.clock.nowMs(), key))
    const answer: BalanceResponse = {
      livemode: key.livemode,
      balance: creditsFromMicrocredits(spendable.availableMicrocredits),
      held: creditsFromMicrocredits(spendable.heldMicrocredits),
      currency: 'credits',
    }
    response.set('cache-control', 'no-store').json(answer)
  })

  router.get('/v1/credits', async (request, response) => {
    const key = await deps.authenticator.requireUserKey(request)
    const currency = findCurrency(deps.currencies, String(request.query.currency ?? 'usd'))
    const { availableMicrocredits } = await readSpendable(deps.db, key, worldNowMs(deps.clock.nowMs(), key))
    response
      .set('cache-control', 'no-store')
      .json({ balance: balanceInMoney(availableMicrocredits, currency), currency: currency.code.toUpperCase() })
  })

  router.get('/v1/credits/history', async (request, response) => {
    const key = await deps.authenticator.requireUserKey(request)
    const query = validate(historyQuerySchema, request.query)
    const after = query.after === undefined ? null : decodeCursor(query.after)
    response
      .set('cache-control', 'no-store')
      .json(await readHistory(deps.db, scopeOf(key), { limit: query.limit, offset: query.offset, after }))
  })

  router.get('/v1/credits/requests/:id', async (request, response) => {
    const key = await deps.authenticator.requireUserKey(request)
    const { userId, partnerId, keyId } = scopeOf(key)
    const row = await deps.db
      .selectFrom('requests')
      .selectAll()
      .where('id', '=', String(request.params.id))
      .where('user_id', '=', userId)
      .$if(partnerId !== null, (query) => query.where('partner_id', '=', partnerId ?? ''))
      .$if(keyId !== null, (query) => query.where('key_id', '=', keyId ?? ''))
      .executeTakeFirst()
    if (row === undefined) throw new AppError('not_found', 'There is no such request.')
    response.set('cache-control', 'no-store').json(describeRequest(row))
  })

  router.post('/v1/credits/pricing', async (request, response) => {
    response.json(await describe(request, validate(pricingSchema, await deps.readJson(request))))
  })

  router.get('/v1/credits/pricing', async (request, response) => {
    response.json(await describe(request, validate(pricingSchema, pricingQuery(request))))
  })
  return router
}

function pricingQuery(request: Request): Record<string, unknown> {
  const { models } = request.query
  const list = Array.isArray(models) ? models : typeof models === 'string' ? models.split(',') : undefined
  return { ...request.query, models: list }
}

function findCurrency(currencies: readonly CurrencyConfig[], code: string): CurrencyConfig {
  const currency = currencies.find((one) => one.code === code.toLowerCase())
  if (currency !== undefined) return currency
  throw new AppError('invalid_request', `currency: expected one of ${currencies.map((one) => one.code).join(', ')}.`, {
    param: 'currency',
  })
}
