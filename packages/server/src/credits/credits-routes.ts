import type { BalanceResponse, PricingResponse } from '@opencredits/protocol'
import { type Request, Router } from 'express'
import { z } from 'zod'
import type { CurrencyConfig } from '../config.ts'
import type { ReadJson } from '../http/read-json.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { creditsFromMicrocredits, type Microcredits } from '../kernel/microcredits.ts'
import type { KeyAuthenticator } from '../keys/authenticate-key.ts'
import { readWallet } from '../ledger/balance.ts'
import type { PartnerDirectory } from '../partners/partner.ts'
import type { Database } from '../store/open-database.ts'
import { type Pricing, usualTokens } from './describe-pricing.ts'
import { describeRequest } from './describe-request.ts'
import { decodeCursor, readHistory } from './history.ts'

export interface CreditsDeps {
  readonly db: Database
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

/** What a user has, what became of it, and what it will buy: `/v1/credits…`. */
export function createCreditsRouter(deps: CreditsDeps): Router {
  const router = Router()
  const describe = async (query: z.output<typeof pricingSchema>): Promise<PricingResponse> =>
    deps.pricing.describe(await deps.partners.activeByPublishableKey(query.publishable_key), query)

  router.get('/v1/credits/balance', async (request, response) => {
    const key = await deps.authenticator.requireUserKey(request)
    const wallet = await readWallet(deps.db, key.userId)
    const answer: BalanceResponse = {
      balance: creditsFromMicrocredits(wallet.availableMicrocredits),
      held: creditsFromMicrocredits(wallet.heldMicrocredits),
      currency: 'credits',
    }
    response.set('cache-control', 'no-store').json(answer)
  })

  router.get('/v1/credits', async (request, response) => {
    const key = await deps.authenticator.requireUserKey(request)
    const currency = findCurrency(deps.currencies, String(request.query.currency ?? 'usd'))
    const { availableMicrocredits } = await readWallet(deps.db, key.userId)
    response
      .set('cache-control', 'no-store')
      .json({ balance: inCurrency(availableMicrocredits, currency), currency: currency.code.toUpperCase() })
  })

  router.get('/v1/credits/history', async (request, response) => {
    const key = await deps.authenticator.requireUserKey(request)
    const query = validate(historyQuerySchema, request.query)
    const after = query.after === undefined ? null : decodeCursor(query.after)
    response
      .set('cache-control', 'no-store')
      .json(await readHistory(deps.db, key.userId, { limit: query.limit, offset: query.offset, after }))
  })

  router.get('/v1/credits/requests/:id', async (request, response) => {
    const key = await deps.authenticator.requireUserKey(request)
    const row = await deps.db
      .selectFrom('requests')
      .selectAll()
      .where('id', '=', String(request.params.id))
      .where('user_id', '=', key.userId)
      .executeTakeFirst()
    if (row === undefined) throw new AppError('not_found', 'There is no such request.')
    response.set('cache-control', 'no-store').json(describeRequest(row))
  })

  router.post('/v1/credits/pricing', async (request, response) => {
    response.json(await describe(validate(pricingSchema, await deps.readJson(request))))
  })

  router.get('/v1/credits/pricing', async (request, response) => {
    response.json(await describe(validate(pricingSchema, pricingQuery(request))))
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

/** Rounded down to the currency's minor unit: a balance is never shown larger than it is. */
function inCurrency(amount: Microcredits, currency: CurrencyConfig): number {
  const scale = 10n ** BigInt(currency.minorUnitDigits)
  const scaled = BigInt(amount) * scale
  const rate = BigInt(currency.microcreditsPerMajorUnit)
  const floor = scaled >= 0n || scaled % rate === 0n ? scaled / rate : scaled / rate - 1n
  return Number(floor) / Number(scale)
}
