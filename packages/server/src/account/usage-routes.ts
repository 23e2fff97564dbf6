import type { AccountUsage } from '@opencredits/protocol'
import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { validate } from '../http/validate.ts'
import { periodQuery, readPeriod } from '../lists/period.ts'
import { type CsvRow, streamCsv } from '../lists/stream-csv.ts'
import { type AccountDeps, requireUser } from './account-deps.ts'
import { readUsage } from './read-usage.ts'

export const usageQuerySchema = z.object({
  ...periodQuery,
  group_by: z.enum(['day', 'model', 'app', 'key']).default('day'),
})

/** `GET /v1/account/usage`, `GET /v1/account/usage.csv`. */
export function createUsageRouter(deps: AccountDeps): Router {
  const router = Router()
  const usageOf = async (request: Request, response: Response): Promise<AccountUsage> => {
    const { userId } = await requireUser(deps, request, response)
    const query = validate(usageQuerySchema, request.query)
    const modelName = (modelId: string) => deps.catalogue.find(modelId)?.name ?? modelId
    const period = readPeriod(query, deps.clock.nowMs())
    return readUsage({ db: deps.db, modelName }, userId, { period, grouping: query.group_by })
  }

  router.get('/v1/account/usage', async (request, response) => {
    response.json(await usageOf(request, response))
  })

  router.get('/v1/account/usage.csv', async (request, response) => {
    const usage = await usageOf(request, response)
    await streamCsv(response, {
      name: `opencredits-usage-${usage.from}-to-${usage.to}-by-${usage.group_by}.csv`,
      columns: [usage.group_by, 'name', ...figures],
      batches: rowsOf(usage),
    })
  })
  return router
}

const figures = [
  ...(['calls', 'input_tokens', 'output_tokens', 'charge', 'provider_cost', 'referral_share', 'fee'] as const),
]

async function* rowsOf(usage: AccountUsage): AsyncGenerator<readonly CsvRow[]> {
  yield usage.data.map((row) => [row.group, row.label, ...figures.map((figure) => row[figure])])
}
