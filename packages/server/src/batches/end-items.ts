import { endRequests, insertRequestRows, type RowEnd, type SettledParts } from '../gateway/request-row.ts'
import type { EndedCall, OnCallEnded } from '../gateway/settle-request.ts'
import { assert } from '../kernel/assert.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { partnerAccount } from '../ledger/chart-of-accounts.ts'
import { type PartOutcome, type PartResolution, settleParts } from '../ledger/settle-parts.ts'
import { type CallCost, costOfCall } from '../partners/call-cost.ts'
import { completeUsage } from '../pricing/billed-runs.ts'
import { type Price, parsePrice } from '../pricing/price.ts'
import type { Usage } from '../pricing/usage.ts'
import type { Database } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { runStep, type Step } from '../store/step.ts'
import { markUsers } from '../users/mark-users.ts'
import { holdIdOf, requestIdAt } from './batch-ids.ts'
import { type ClosedItem, closeItems, countItems } from './item-rows.ts'

/** How a request of a batch ended. */
export interface ItemEnd {
  readonly item: Row<'batch_items'>
  readonly state: Exclude<Row<'batch_items'>['state'], 'open'>
  /** What it used; null where it costs nothing. */
  readonly measured: { readonly usage: Usage; readonly isEstimated: boolean } | null
  readonly upstreamRequestId: string | null
}

/** Requests of one batch that end together. */
export interface ItemsEnd {
  readonly batch: Row<'batches'>
  readonly ends: readonly ItemEnd[]
  readonly nowMs: number
  /** Until then no other server looks after the batch. */
  readonly leasedUntilMs: number
}

/**
 * Ends requests of a batch in one transaction: their parts of the hold, their transfers, their rows and the batch's counts.
 * A request that has ended already stays as it is, so a file of results may be read again, from any line and in any order.
 */
export async function endItems(
  deps: { readonly db: Database; readonly onCallEnded: OnCallEnded },
  ending: ItemsEnd,
): Promise<void> {
  if (ending.ends.length === 0) return
  const ended = await runStep(deps.db, step, ending)
  for (const { call, parts, endedAtMs } of ended) deps.onCallEnded(call, parts, endedAtMs)
}

const step: Step<ItemsEnd, readonly RowEnd[]> = {
  async run(session, asked) {
    const all = asked.flatMap((ending) => ending.ends.map((end) => priced(ending, end)))
    const outcomes = await settleParts(session, all.map(resolutionOf))
    const fresh = all.flatMap((end, index) => {
      const outcome = outcomes[index]
      assert(outcome !== undefined, 'every request that ends is answered')
      return outcome.outcome === 'already_resolved' ? [] : [freshEnd(end, outcome)]
    })
    const booked = fresh.filter(({ isBooked }) => isBooked)
    await insertRequestRows(
      session,
      booked.map(({ row }) => row),
    )
    await endRequests(
      session,
      booked.map(({ end }) => end),
    )
    await closeItems.run(
      session,
      fresh.map(({ closed }) => closed),
    )
    await markUsers(session, fresh.flatMap(missedBy))
    await countItems(
      session,
      asked,
      fresh.map(({ closed }) => closed),
    )
    return asked.map(({ batch }) => booked.filter((one) => one.closed.batch_id === batch.id).map(({ end }) => end))
  },
}

interface PricedEnd extends ItemEnd {
  readonly ending: ItemsEnd
  readonly requestId: string
  readonly price: Price
  readonly cost: CallCost | null
}

/** By the text of a batch's prices, which are the same for all of its lines. */
function priced(ending: ItemsEnd, end: ItemEnd): PricedEnd {
  const { batch } = ending
  const price = pricesOf(batch)[end.item.price_index]
  assert(price !== undefined, 'a request of a batch has one of its prices')
  const terms = { price, shareBasisPoints: batch.share_basis_points, feeBasisPoints: batch.fee_basis_points }
  return {
    ...{ ...end, ending, price, requestId: requestIdAt(batch.id, end.item.position) },
    cost: end.measured === null ? null : costOfCall(end.measured.usage, terms),
  }
}

const parsedPrices = new WeakMap<Row<'batches'>, readonly Price[]>()

export function pricesOf(batch: Row<'batches'>): readonly Price[] {
  const known = parsedPrices.get(batch)
  if (known !== undefined) return known
  const listed: unknown = JSON.parse(batch.prices)
  assert(Array.isArray(listed), 'the prices of a batch are a list')
  const prices = listed.map((price) => parsePrice(JSON.stringify(price)))
  parsedPrices.set(batch, prices)
  return prices
}

function resolutionOf({ ending, item, measured, cost, requestId }: PricedEnd): PartResolution {
  const { batch, nowMs } = ending
  const place = { holdId: holdIdOf(batch.id), position: item.position, requestId, nowMs }
  if (cost === null || measured === null) return { ...place, settlement: null }
  const budget = batch.budget_microcredits
  return {
    ...place,
    settlement: {
      ...cost,
      partnerAccount: partnerAccount(batch.partner_id),
      livemode: batch.livemode === 1,
      budgetMicrocredits: budget === null ? null : microcredits(budget),
      isEstimated: measured.isEstimated,
    },
  }
}

interface FreshEnd {
  /** Whether the provider has taken the request up: one that it never began is no call. */
  readonly isBooked: boolean
  readonly row: Parameters<typeof insertRequestRows>[1][number]
  readonly end: RowEnd
  readonly closed: ClosedItem
}

function freshEnd(end: PricedEnd, outcome: Exclude<PartOutcome, { outcome: 'already_resolved' }>): FreshEnd {
  const { ending, item, state, measured } = end
  const { batch, nowMs } = ending
  const paid = outcome.outcome === 'settled' ? outcome : null
  const parts: SettledParts | null =
    paid === null || measured === null
      ? null
      : {
          usage: measured.isEstimated ? measured.usage : completeUsage(measured.usage),
          ...{ isEstimated: measured.isEstimated, paid, grantedMaxTokens: null },
        }
  return {
    isBooked: state === 'succeeded' || state === 'errored',
    row: {
      ...{ id: end.requestId, user_id: outcome.userId, key_id: batch.key_id, partner_id: batch.partner_id },
      ...{ endpoint: endpointOf(batch), model: item.model, provider: batch.provider, is_stream: 0 },
      ...{ estimated_input_tokens: item.likely_input_tokens, requested_max_tokens: item.max_tokens },
      ...{ granted_max_tokens: null, price: JSON.stringify(end.price), created_at_ms: batch.created_at_ms },
      ...{ share_basis_points: batch.share_basis_points, fee_basis_points: batch.fee_basis_points },
      ...{ hold_microcredits: outcome.heldMicrocredits, billed_to: 'credits', state: 'admitted' },
      ...{ is_estimated: 0, progress_output_tokens: 0 },
    },
    end: { call: callOf(end, outcome.userId), parts, endedAtMs: nowMs },
    closed: {
      ...{ batch_id: batch.id, position: item.position, state },
      charge_microcredits: paid?.chargedMicrocredits ?? 0,
    },
  }
}

function endpointOf({ kind }: Row<'batches'>): string {
  return kind === 'messages' ? 'messages.batch' : 'batches'
}

function callOf({ ending, item, requestId, state, upstreamRequestId }: PricedEnd, userId: string): EndedCall {
  const { batch } = ending
  return {
    ...{
      requestId,
      userId,
      livemode: batch.livemode === 1,
      endpoint: endpointOf(batch),
      provider: batch.provider,
      model: item.model,
    },
    ...{ isStream: false, admittedAtMs: batch.created_at_ms, httpStatus: null, errorCode: null, upstreamRequestId },
    ending: state === 'succeeded' ? 'completed' : 'upstream_rejected',
    firstByteAtMs: null,
  }
}

function missedBy({ end: { call, parts, endedAtMs } }: FreshEnd) {
  if (parts === null || parts.paid.missedMicrocredits === 0) return []
  return [{ userId: parts.paid.userId, requestId: call.requestId, atMs: endedAtMs }]
}
