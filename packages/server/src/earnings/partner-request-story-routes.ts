import type { PartnerRequestStory, PartnerWorld } from '@opencredits/protocol'
import { Router } from 'express'
import { costLinesOf } from '../credits/cost-lines.ts'
import { AppError } from '../kernel/app-error.ts'
import { creditsOf, secondsOf } from '../lists/formats.ts'
import { partnerUserId } from '../partners/partner-user.ts'
import { publicTransfersOf } from '../partners/read-earnings.ts'
import { explainEnding } from '../pricing/endings.ts'
import type { Row } from '../store/schema.ts'
import { type FiguresDeps, requireReaderOfWorld } from './earnings-deps.ts'

/** `GET /v1/partner/requests/{id}`. */
export function createRequestStoryRouter(deps: FiguresDeps): Router {
  const router = Router()
  router.get('/v1/partner/requests/:id', async (request, response) => {
    const { partnerId, world } = await requireReaderOfWorld(deps, request, response)
    const row = await deps.db
      .selectFrom('requests')
      .selectAll()
      .where('id', '=', String(request.params.id))
      .where('partner_id', '=', partnerId)
      .executeTakeFirst()
    if (row === undefined)
      throw new AppError(
        'not_found',
        'Your app has no such request. Old ones are kept as sums of a day: the list has those.',
      )
    const transfers = await publicTransfersOf(deps.db, row.id)
    const answer: PartnerRequestStory = { ...world, ...describeRow(deps, row), transfers }
    response.json(answer)
  })
  return router
}

/** Nothing of what the user could have spent: neither what was held nor where that ended a call. */
function describeRow(
  { pepper }: FiguresDeps,
  row: Row<'requests'>,
): Omit<PartnerRequestStory, 'transfers' | keyof PartnerWorld> {
  return {
    request_id: row.id,
    user: partnerUserId(pepper, row.partner_id, row.user_id),
    status: row.state === 'admitted' ? 'running' : row.state,
    ending: row.ending,
    explanation: explainEnding(row.ending),
    endpoint: row.endpoint,
    model: row.model,
    stream: row.is_stream === 1,
    billed_to: row.billed_to,
    estimated: row.is_estimated === 1,
    http_status: row.http_status,
    error: row.error_code,
    created_at: secondsOf(row.created_at_ms),
    ended_at: secondsOf(row.ended_at_ms),
    first_byte_ms: row.first_byte_at_ms === null ? null : row.first_byte_at_ms - row.created_at_ms,
    took_ms: row.ended_at_ms === null ? null : row.ended_at_ms - row.created_at_ms,
    ...costLinesOf(row),
    ...{ referral_rate: row.share_basis_points / 10_000, fee_rate: row.fee_basis_points / 10_000 },
    provider_cost: creditsOf(row.provider_cost_microcredits),
    referral_share: creditsOf(row.share_microcredits),
    fee: creditsOf(row.fee_microcredits),
    paid_by_operator: creditsOf(row.shortfall_microcredits),
    charge: creditsOf(row.charge_microcredits),
  }
}
