import { budgetOf } from '../gateway/admit.ts'
import { AppError } from '../kernel/app-error.ts'
import { assert } from '../kernel/assert.ts'
import { dayMs } from '../kernel/clock.ts'
import { addMicrocredits, creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { type HoldPlan, placeHolds } from '../ledger/hold.ts'
import type { HoldRefusal } from '../ledger/hold-owner.ts'
import { holderOfParts, splitHolds } from '../ledger/split-hold.ts'
import type { Row } from '../store/schema.ts'
import { type Session, statement } from '../store/statement.ts'
import { runStep, type Step } from '../store/step.ts'
import type { BatchDeps } from './batch-deps.ts'
import { holdIdOf } from './batch-ids.ts'
import type { BatchTerms, CheckedItem } from './check-item.ts'

type OpeningDeps = Pick<BatchDeps, 'db' | 'clock' | 'batchLimits' | 'publicUrl'>

export interface BatchToOpen extends Pick<BatchTerms, 'batchId' | 'provider' | 'shareBasisPoints' | 'feeBasisPoints'> {
  readonly key: Pick<
    AuthenticatedKey,
    'keyId' | 'userId' | 'partnerId' | 'livemode' | 'clockAheadMs' | 'budget' | 'budgetId' | 'guestBudgetId'
  >
  readonly kind: Row<'batches'>['kind']
  readonly items: readonly CheckedItem[]
  readonly providerKeyHash: string
  /** JSON: what only one format's answers have. */
  readonly details: string
}

/** By then the last of them has been given back: `poll-batches.ts`. */
const holdLifetimeMs = 31 * dayMs

/** Anthropic's and OpenAI's batches end after a day, whatever has become of them. */
export const batchLifetimeMs = dayMs

/**
 * Sets aside what all requests of a batch may cost together, and writes its rows, in one transaction: all or nothing.
 * @throws AppError 402 that says how much is missing for how many requests; 429 for too many open batches.
 */
export async function openBatch(deps: OpeningDeps, batch: BatchToOpen): Promise<void> {
  const nowMs = deps.clock.nowMs()
  const opening = { ...batch, nowMs, budget: budgetOf(batch.key, nowMs), limits: deps.batchLimits }
  const refusal = await runStep(deps.db, admission, opening)
  if (refusal !== null) throw unpaid(deps, batch, refusal)
}

interface Opening extends BatchToOpen {
  readonly nowMs: number
  readonly budget: ReturnType<typeof budgetOf>
  readonly limits: BatchDeps['batchLimits']
}

const admission: Step<Opening, HoldRefusal | null> = {
  async run(session, asked) {
    const outcomes = await placeHolds(session, asked.map(holdOf))
    const held = asked.filter((_, index) => outcomes[index]?.outcome === 'held')
    await insertBatches.run(session, held.map(rowOf))
    // The wallet's row is locked by its hold, so of two batches at once the second sees the first.
    await refuseTooMany(session, held)
    await insertItems.run(session, held.flatMap(itemsOf))
    await splitHolds(session, held.flatMap(partsOf))
    return outcomes.map((outcome) => (outcome.outcome === 'held' ? null : outcome))
  },
}

function sumOf({ items }: BatchToOpen) {
  return addMicrocredits(...items.map(({ holdMicrocredits }) => holdMicrocredits))
}

function holdOf(batch: Opening) {
  const amountMicrocredits = sumOf(batch)
  return {
    id: holdIdOf(batch.batchId),
    userId: batch.key.userId,
    budgetId: batch.key.budgetId,
    guestBudgetId: batch.key.guestBudgetId,
    budget: batch.budget,
    serverId: holderOfParts,
    createdAtMs: batch.nowMs,
    expiresAtMs: batch.nowMs + holdLifetimeMs,
    plan: (available: number): HoldPlan | null =>
      amountMicrocredits > available ? null : { amountMicrocredits, state: 'sent' },
  }
}

function unpaid({ publicUrl }: OpeningDeps, batch: BatchToOpen, { outcome, availableMicrocredits }: HoldRefusal) {
  const neededMicrocredits = sumOf(batch)
  const readable = (amount: number, roundingMode: 'ceil' | 'floor') =>
    new Intl.NumberFormat('en-US', { maximumFractionDigits: 2, roundingMode }).format(
      creditsFromMicrocredits(microcredits(amount)),
    )
  const [have, need] = [readable(availableMicrocredits, 'floor'), readable(neededMicrocredits, 'ceil')]
  const count = batch.items.length
  const forAll = `up to ${need} needed for the ${count} ${count === 1 ? 'request' : 'requests'} of this batch`
  const message =
    outcome === 'insufficient_credits'
      ? `Insufficient credits: ${have} left, ${forAll}. Lower max_tokens, send fewer, or top up in the app, or at ${publicUrl}/account.`
      : `This key's budget is used up: ${have} credits left in it, ${forAll}. Lower max_tokens, send fewer, or raise its budget.`
  return new AppError(outcome, message, {
    headers: { 'x-should-retry': 'false' },
    funds: { availableMicrocredits, neededMicrocredits },
  })
}

type NewBatch = Pick<
  Row<'batches'>,
  | ('id' | 'kind' | 'user_id' | 'partner_id' | 'key_id' | 'provider' | 'provider_key_hash' | 'state' | 'items')
  | ('hold_microcredits' | 'prices' | 'share_basis_points' | 'fee_basis_points' | 'budget_microcredits' | 'details')
  | ('created_at_ms' | 'expires_at_ms' | 'next_poll_at_ms')
>

function rowOf(batch: Opening): NewBatch {
  const { key, nowMs } = batch
  return {
    ...{ id: batch.batchId, kind: batch.kind, provider: batch.provider, provider_key_hash: batch.providerKeyHash },
    ...{ user_id: key.userId, partner_id: key.partnerId, key_id: key.keyId, state: 'sending' },
    ...{ livemode: key.livemode ? 1 : 0 },
    ...{ items: batch.items.length, hold_microcredits: sumOf(batch), prices: JSON.stringify(distinctPrices(batch)) },
    ...{ share_basis_points: batch.shareBasisPoints, fee_basis_points: batch.feeBasisPoints },
    ...{ budget_microcredits: batch.budget?.amountMicrocredits ?? null, details: batch.details },
    ...{ created_at_ms: nowMs, expires_at_ms: nowMs + batchLifetimeMs },
    // Its answer comes before, or it is lost.
    next_poll_at_ms: nowMs + batch.limits.pollMs,
  }
}

/** By their texts: a price is one object only where no other model may run beside. */
function distinctPrices({ items }: BatchToOpen): readonly object[] {
  return [...new Map(items.map(({ price }) => [textOf(price), price])).values()]
}

const texts = new WeakMap<object, string>()

function textOf(price: object): string {
  const text = texts.get(price) ?? JSON.stringify(price)
  texts.set(price, text)
  return text
}

function itemsOf(batch: Opening): readonly Omit<Row<'batch_items'>, 'charge_microcredits'>[] {
  const places = new Map(distinctPrices(batch).map((price, index) => [textOf(price), index]))
  return batch.items.map((item) => {
    const place = places.get(textOf(item.price))
    assert(place !== undefined, 'every price of a batch is among its prices')
    return {
      ...{ batch_id: batch.batchId, position: item.position, custom_id: item.customId, model: item.model.id },
      ...{ price_index: place, likely_input_tokens: item.likelyInputTokens, max_tokens: item.maxTokens, state: 'open' },
    }
  })
}

function partsOf({ batchId, items }: Opening) {
  return items.map(({ position, holdMicrocredits }) => ({
    ...{ holdId: holdIdOf(batchId), position, amountMicrocredits: holdMicrocredits },
  }))
}

const insertBatches = statement<NewBatch>(
  {
    ...{ id: 'text', kind: 'text', user_id: 'text', partner_id: 'text', key_id: 'text', provider: 'text' },
    ...{ provider_key_hash: 'text', state: 'text', items: 'bigint', hold_microcredits: 'bigint', prices: 'text' },
    ...{ share_basis_points: 'bigint', fee_basis_points: 'bigint', budget_microcredits: 'bigint', details: 'text' },
    ...{ created_at_ms: 'bigint', expires_at_ms: 'bigint', next_poll_at_ms: 'bigint' },
  },
  ({ values }) =>
    `insert into batches (id, kind, user_id, partner_id, key_id, provider, provider_key_hash, state, items,
       hold_microcredits, prices, share_basis_points, fee_basis_points, budget_microcredits, details, created_at_ms,
       expires_at_ms, next_poll_at_ms) ${values}`,
)

const insertItems = statement<Omit<Row<'batch_items'>, 'charge_microcredits'>>(
  {
    ...{ batch_id: 'text', position: 'bigint', custom_id: 'text', model: 'text', price_index: 'bigint' },
    ...{ likely_input_tokens: 'bigint', max_tokens: 'bigint', state: 'text' },
  },
  ({ values }) =>
    `insert into batch_items (batch_id, position, custom_id, model, price_index, likely_input_tokens, max_tokens, state)
     ${values}`,
)

async function refuseTooMany(session: Session, opened: readonly Opening[]): Promise<void> {
  const asked = [...new Set(opened.map(({ key }) => key.userId))].map((user_id) => ({ user_id }))
  const { rows } = await countOpen.run(session, asked)
  for (const { limits } of opened)
    if (rows.some((row) => Number(row.open) > limits.openPerUserMax)) throw tooMany(limits.openPerUserMax)
}

function tooMany(most: number): AppError {
  return new AppError(
    'rate_limited',
    `${most} batches of yours are under way, which is the most. Wait until one of them has ended.`,
    { retryAfterSeconds: 60 },
  )
}

const countOpen = statement<{ user_id: string }, { user_id: string; open: number }>(
  { user_id: 'text' },
  ({ asked, and }) =>
    `select batches.user_id, count(*) as open from batches${and}
     where batches.user_id = ${asked.user_id} and batches.settled_at_ms is null group by batches.user_id`,
)
