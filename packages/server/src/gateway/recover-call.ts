import type { Clock } from '../kernel/clock.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { parsePrice } from '../pricing/price.ts'
import { noUsage } from '../pricing/usage.ts'
import type { Database } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { worldOfUser } from '../users/find-user.ts'
import { limitToHold } from './limit-to-hold.ts'
import { type OnCallEnded, releaseRequest, settleRequest } from './settle-request.ts'

/**
 * Resolves the hold of a call whose server is dead. Not yet sent: it goes back. Sent: the provider may have been paid,
 * so the prompt and the output that was marked by then are charged, never more than was held, and marked `estimated`. Of
 * what is generated unseen the mark is by the time (`running-call.ts`).
 */
export async function recoverCall(
  deps: { readonly db: Database; readonly clock: Clock; readonly onCallEnded: OnCallEnded },
  hold: Row<'holds'>,
): Promise<void> {
  const row = await deps.db.selectFrom('requests').selectAll().where('id', '=', hold.id).executeTakeFirst()
  const ended = {
    requestId: hold.id,
    userId: hold.user_id,
    livemode: await worldOfUser(deps.db, hold.user_id),
    endpoint: row?.endpoint ?? 'unknown',
    provider: row?.provider ?? 'unknown',
    model: row?.model ?? 'unknown',
    isStream: row?.is_stream === 1,
    admittedAtMs: hold.created_at_ms,
    httpStatus: null,
    errorCode: null,
    upstreamRequestId: null,
    firstByteAtMs: null,
  }
  if (row === undefined || hold.state === 'placed') {
    await releaseRequest(deps, { ...ended, ending: 'not_sent' }, deps.clock.nowMs())
    return
  }
  const terms = {
    price: parsePrice(row.price),
    shareBasisPoints: row.share_basis_points,
    feeBasisPoints: row.fee_basis_points,
  }
  const marked = {
    ...noUsage,
    inputTokens: row.input_tokens ?? row.estimated_input_tokens,
    outputTokens: row.progress_output_tokens,
  }
  const limits = { terms, heldMicrocredits: microcredits(hold.amount_microcredits), counted: 0 }
  await settleRequest(
    deps,
    {
      ...ended,
      ending: 'recovered',
      measured: { usage: limitToHold(marked, limits), isEstimated: true },
      terms,
      partnerId: row.partner_id,
      budgetMicrocredits: null,
    },
    deps.clock.nowMs(),
  )
}
