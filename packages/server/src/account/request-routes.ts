import type { AccountRequestStory } from '@opencredits/protocol'
import { Router } from 'express'
import { z } from 'zod'
import { describeRequest } from '../credits/describe-request.ts'
import { eachRequest, listRequests, type RequestEntry, type RequestFilter } from '../credits/list-requests.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { decodeCursor, pageOf } from '../lists/cursor.ts'
import { creditsOf } from '../lists/formats.ts'
import { limitQuery } from '../lists/page-query.ts'
import { periodQuery, readPeriod } from '../lists/period.ts'
import { type CsvRow, streamCsv } from '../lists/stream-csv.ts'
import type { Database } from '../store/open-database.ts'
import { type AccountDeps, requireUser } from './account-deps.ts'
import { describeEntry, describeKeyName, namesOfEntries } from './describe-entry.ts'
import { type Names, readNames } from './read-names.ts'

const filterQuery = {
  ...periodQuery,
  model: z.string().max(300).optional(),
  app: z.string().max(100).optional(),
  key: z.string().max(100).optional().describe('a key’s id; `older` for calls whose key is not known any more'),
  status: z.enum(['running', 'settled', 'released']).optional(),
}

export const requestsCsvQuerySchema = z.object(filterQuery)
export const requestsQuerySchema = z.object({ ...limitQuery, ...filterQuery })

/** `GET /v1/account/requests`, `requests.csv`, `requests/{id}`. */
export function createRequestRouter(deps: AccountDeps): Router {
  const router = Router()

  router.get('/v1/account/requests', async (request, response) => {
    const { userId } = await requireUser(deps, request, response)
    const query = validate(requestsQuerySchema, request.query)
    const page = {
      filter: filterOf(query, deps.clock.nowMs()),
      limit: query.limit + 1,
      after: decodeCursor(query.after),
    }
    const rows = await listRequests(deps.db, { column: 'user_id', id: userId }, page)
    const names = await namesOfEntries(deps.db, rows)
    response.json(
      pageOf(rows, query.limit, {
        cursor: (row) => ({ atMs: row.at_ms, id: row.id }),
        entry: (row) => describeEntry(row, names),
      }),
    )
  })

  router.get('/v1/account/requests.csv', async (request, response) => {
    const { userId } = await requireUser(deps, request, response)
    const query = validate(requestsCsvQuerySchema, request.query)
    const filter = filterOf(query, deps.clock.nowMs())
    const days = filter.period === null ? 'all' : `${filter.period.from}-to-${filter.period.to}`
    await streamCsv(response, {
      name: `opencredits-requests-${days}.csv`,
      columns: csvColumns,
      batches: csvBatches(deps.db, userId, filter),
    })
  })

  router.get('/v1/account/requests/:id', async (request, response) => {
    const { userId } = await requireUser(deps, request, response)
    const row = await deps.db
      .selectFrom('requests')
      .selectAll()
      .where('id', '=', request.params.id)
      .where('user_id', '=', userId)
      .executeTakeFirst()
    if (row === undefined) throw new AppError('not_found', 'There is no such request.')
    const names = await readNames(deps.db, { partnerIds: [row.partner_id], keyIds: [row.key_id] })
    const answer: AccountRequestStory = {
      ...describeRequest(row),
      app: { id: row.partner_id, name: names.app(row.partner_id) },
      key: describeKeyName(row.key_id, names),
    }
    response.json(answer)
  })
  return router
}

/** Without days it has all calls; one end alone is completed as everywhere. */
function filterOf(query: z.output<typeof requestsCsvQuerySchema>, nowMs: number): RequestFilter {
  const hasDays = query.from !== undefined || query.to !== undefined
  return {
    model: query.model ?? null,
    app: query.app ?? null,
    key: query.key ?? null,
    status: query.status ?? null,
    period: hasDays ? readPeriod(query, nowMs) : null,
  }
}

const csvColumns = [
  ...['request_id', 'calls', 'created_at', 'ended_at', 'model', 'app', 'key', 'status', 'ending', 'billed_to'],
  ...['estimated', 'input_tokens', 'output_tokens', 'charge', 'provider_cost', 'referral_share', 'fee'],
]

async function* csvBatches(db: Database, userId: string, filter: RequestFilter): AsyncGenerator<readonly CsvRow[]> {
  for await (const rows of eachRequest(db, { column: 'user_id', id: userId }, filter)) {
    const names = await namesOfEntries(db, rows)
    yield rows.map((row) => csvRow(row, names))
  }
}

function csvRow(row: RequestEntry, names: Names): CsvRow {
  const entry = describeEntry(row, names)
  return [
    ...[entry.request_id, entry.calls, timeOf(row.created_at_ms), timeOf(row.ended_at_ms), entry.model],
    ...[entry.app.name, entry.key.name ?? `oc_sk_…${entry.key.last_four}`, entry.status, entry.ending],
    ...[entry.billed_to, entry.estimated ? 'yes' : 'no', entry.input_tokens, entry.output_tokens, entry.charge],
    ...[creditsOf(row.provider_cost), creditsOf(row.share), creditsOf(row.fee)],
  ]
}

function timeOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString()
}
