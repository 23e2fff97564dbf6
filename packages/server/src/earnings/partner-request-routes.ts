import type { PartnerRequest } from '@opencredits/protocol'
import { Router } from 'express'
import { z } from 'zod'
import {
  eachRequest,
  listRequests,
  type RequestEntry,
  type RequestFilter,
  type RequestOwner,
} from '../credits/list-requests.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { decodeCursor, pageOf } from '../lists/cursor.ts'
import { creditsOf, secondsOf } from '../lists/formats.ts'
import { limitQuery } from '../lists/page-query.ts'
import { periodQuery, readPeriod } from '../lists/period.ts'
import { type CsvRow, streamCsv } from '../lists/stream-csv.ts'
import { findPartnerUser, nameUsers } from '../partners/find-partner-user.ts'
import { partnerUserId } from '../partners/partner-user.ts'
import { type FiguresDeps, requireReader, requireReaderOfWorld } from './earnings-deps.ts'

const filterQuery = {
  ...periodQuery,
  model: z.string().max(300).optional(),
  user: z.string().max(100).optional().describe('`pu_…`'),
  status: z.enum(['running', 'settled', 'released']).optional(),
}

export const partnerRequestsCsvQuerySchema = z.object(filterQuery)
export const partnerRequestsQuerySchema = z.object({ ...limitQuery, ...filterQuery })

type FilterQuery = z.output<typeof partnerRequestsCsvQuerySchema>

/** `GET /v1/partner/requests`, `GET /v1/partner/requests.csv`. */
export function createPartnerRequestRouter(deps: FiguresDeps): Router {
  const router = Router()

  router.get('/v1/partner/requests', async (request, response) => {
    const { partnerId, world } = await requireReaderOfWorld(deps, request, response)
    const query = validate(partnerRequestsQuerySchema, request.query)
    const after = decodeCursor(query.after)
    if (query.model !== undefined) await deps.searches.take(partnerId)
    const { owner, filter } = await selectionOf(deps, partnerId, query)
    const rows = await listRequests(deps.db, owner, { filter, limit: query.limit + 1, after })
    response.json({
      ...world,
      ...pageOf(rows, query.limit, {
        cursor: (row) => ({ atMs: row.at_ms, id: row.id }),
        entry: (row) => describeCall(deps, row),
      }),
    })
  })

  router.get('/v1/partner/requests.csv', async (request, response) => {
    const partnerId = await requireReader(deps, request, response)
    const query = validate(partnerRequestsCsvQuerySchema, request.query)
    await deps.files.take(partnerId)
    const { owner, filter } = await selectionOf(deps, partnerId, query)
    const days = filter.period === null ? 'all' : `${filter.period.from}-to-${filter.period.to}`
    await streamCsv(response, {
      name: `opencredits-requests-${days}.csv`,
      columns: csvColumns,
      batches: csvBatches(deps, owner, filter),
    })
  })
  return router
}

interface Selection {
  readonly owner: RequestOwner
  readonly filter: RequestFilter
}

/** A user's calls are read by the user's index, and are this app's all the same. */
async function selectionOf(deps: FiguresDeps, partnerId: string, query: FilterQuery): Promise<Selection> {
  const hasDays = query.from !== undefined || query.to !== undefined
  const period = hasDays ? readPeriod(query, deps.clock.nowMs()) : null
  const filter = { model: query.model ?? null, key: null, status: query.status ?? null, period }
  if (query.user !== undefined) {
    await nameUsers(deps, partnerId)
    const userId = await findPartnerUser(deps.db, partnerId, query.user)
    if (userId === null)
      throw new AppError('invalid_request', 'user: your app has no such user; expected a pu_… of /v1/partner/users.', {
        param: 'user',
      })
    return { owner: { column: 'user_id', id: userId }, filter: { ...filter, app: partnerId } }
  }
  return { owner: { column: 'partner_id', id: partnerId }, filter: { ...filter, app: null } }
}

function describeCall({ pepper }: FiguresDeps, row: RequestEntry): PartnerRequest {
  return {
    request_id: row.id,
    calls: row.calls,
    created_at: secondsOf(row.created_at_ms),
    ended_at: secondsOf(row.ended_at_ms),
    model: row.model,
    user: partnerUserId(pepper, row.partner_id, row.user_id),
    status: row.state === 'admitted' ? 'running' : row.state,
    ending: row.ending,
    billed_to: row.billed_to,
    estimated: row.is_estimated === 1,
    ...{ input_tokens: row.input_tokens, output_tokens: row.output_tokens },
    charge: creditsOf(row.charge),
    provider_cost: creditsOf(row.provider_cost),
    referral_share: creditsOf(row.share),
    fee: creditsOf(row.fee),
  }
}

const csvColumns = [
  ...['request_id', 'calls', 'created_at', 'ended_at', 'model', 'user', 'status', 'ending', 'billed_to', 'estimated'],
  ...['input_tokens', 'output_tokens', 'charge', 'provider_cost', 'referral_share', 'fee'],
]

async function* csvBatches(deps: FiguresDeps, owner: RequestOwner, filter: RequestFilter) {
  for await (const rows of eachRequest(deps.db, owner, filter)) yield rows.map((row) => csvRow(deps, row))
}

function csvRow(deps: FiguresDeps, row: RequestEntry): CsvRow {
  const call = describeCall(deps, row)
  return [
    ...[call.request_id, call.calls, timeOf(row.created_at_ms), timeOf(row.ended_at_ms), call.model, call.user],
    ...[call.status, call.ending, call.billed_to, call.estimated ? 'yes' : 'no', call.input_tokens],
    ...[call.output_tokens, call.charge, call.provider_cost, call.referral_share, call.fee],
  ]
}

function timeOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString()
}
