import type { PartnerEarnings, PartnerWorld } from '@opencredits/protocol'
import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { validate } from '../http/validate.ts'
import { creditsOf } from '../lists/formats.ts'
import { type Period, periodQuery, readPeriod } from '../lists/period.ts'
import { type CsvRow, streamCsv } from '../lists/stream-csv.ts'
import { partnerUserId } from '../partners/partner-user.ts'
import { type FiguresDeps, requireReaderOfWorld } from './earnings-deps.ts'
import { readConversion } from './read-conversion.ts'
import { readEarned } from './read-earned.ts'
import { type Figures, type FiguresGroup, readFigures } from './read-figures.ts'

export const earningsQuerySchema = z.object({
  ...periodQuery,
  group_by: z.enum(['day', 'model', 'user']).default('day'),
})

type EarningsQuery = z.output<typeof earningsQuerySchema>

/** A page shows no more groups; the file has them all, and the total counts them all. */
const groupsMax = 1000

/** `GET /v1/partner/earnings`, `GET /v1/partner/earnings.csv`. */
export function createEarningsRouter(deps: FiguresDeps): Router {
  const router = Router()

  router.get('/v1/partner/earnings', async (request, response) => {
    const { partnerId, world, query, period, figures } = await figuresOf(deps, request, response)
    const { total, olderCalls } = figures
    const groups = groupsOf(deps, { partnerId, query, figures })
    const answer: PartnerEarnings = {
      ...world,
      ...{ from: period.from, to: period.to, time_zone: period.timeZone, group_by: query.group_by },
      data: groups.slice(0, groupsMax),
      has_more: groups.length > groupsMax,
      total: { ...describeSums(total), older_calls: olderCalls },
      earned: await readEarned(deps, partnerId, query.time_zone),
      conversion: await readConversion(deps.db, partnerId, period),
    }
    response.json(answer)
  })

  router.get('/v1/partner/earnings.csv', async (request, response) => {
    const { partnerId, query, period, figures } = await figuresOf(deps, request, response)
    await streamCsv(response, {
      name: `opencredits-earnings-${period.from}-to-${period.to}-by-${query.group_by}.csv`,
      columns: [query.group_by, 'name', ...columns],
      batches: rowsOf(groupsOf(deps, { partnerId, query, figures })),
    })
  })
  return router
}

interface Asked {
  readonly partnerId: string
  readonly world: PartnerWorld
  readonly query: EarningsQuery
  readonly period: Period
  readonly figures: Figures
}

async function figuresOf(deps: FiguresDeps, request: Request, response: Response): Promise<Asked> {
  const { partnerId, world } = await requireReaderOfWorld(deps, request, response)
  const query = validate(earningsQuerySchema, request.query)
  const period = readPeriod(query, deps.clock.nowMs())
  await limitWork(deps, partnerId, {
    isFile: request.path.endsWith('.csv'),
    isByUser: query.group_by === 'user',
    period,
  })
  const figures = await readFigures(deps.db, partnerId, { period, grouping: query.group_by })
  return { partnerId, world, query, period, figures }
}

export const wholeMonthDays = 31

/**
 * Sums by user are as many rows as users and days: a month's are read like a page, more of them like a file. A year of
 * quarters of an hour holds SQLite up as a search does.
 */
async function limitWork(
  { files, searches }: FiguresDeps,
  partnerId: string,
  asked: { readonly isFile: boolean; readonly isByUser: boolean; readonly period: Period },
): Promise<void> {
  const isLong = asked.period.days.length > wholeMonthDays
  if (asked.isFile || (asked.isByUser && isLong)) await files.take(partnerId)
  else if (asked.isByUser || isLong) await searches.take(partnerId)
}

type Group = PartnerEarnings['data'][number]

/** Days in their order, others by what they earned. */
function groupsOf(
  { catalogue, pepper }: FiguresDeps,
  { partnerId, query, figures }: Omit<Asked, 'period' | 'world'>,
): readonly Group[] {
  const idOf = (group: string) => (query.group_by === 'user' ? partnerUserId(pepper, partnerId, group) : group)
  const labelOf = (id: string) => (query.group_by === 'model' ? (catalogue.find(id)?.name ?? id) : id)
  const byShare = (one: FiguresGroup, other: FiguresGroup) =>
    other.share - one.share || other.charge - one.charge || (one.group < other.group ? -1 : 1)
  const groups = query.group_by === 'day' ? figures.groups : figures.groups.toSorted(byShare)
  return groups.map((row) => {
    const group = idOf(row.group)
    return { group, label: labelOf(group), ...describeSums(row) }
  })
}

export function describeSums(sums: Omit<FiguresGroup, 'group'>) {
  return {
    ...{ calls: sums.calls, input_tokens: sums.input_tokens, output_tokens: sums.output_tokens },
    charge: creditsOf(sums.charge),
    provider_cost: creditsOf(sums.provider_cost),
    referral_share: creditsOf(sums.share),
    fee: creditsOf(sums.fee),
  }
}

const columns = [
  ...(['calls', 'input_tokens', 'output_tokens', 'charge', 'provider_cost', 'referral_share', 'fee'] as const),
]

async function* rowsOf(groups: readonly Group[]): AsyncGenerator<readonly CsvRow[]> {
  for (let first = 0; first < groups.length; first += groupsMax)
    yield groups
      .slice(first, first + groupsMax)
      .map((row) => [row.group, row.label, ...columns.map((column) => row[column])])
}
