import { AppError } from '../kernel/app-error.ts'
import { hourMs } from '../kernel/clock.ts'
import { creditsFromMicrocredits, type Microcredits, minMicrocredits } from '../kernel/microcredits.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { readBudgetLeft, readWallet } from '../ledger/balance.ts'
import { budgetWindowStartMs } from '../ledger/budget-window.ts'
import { type KeyBudget, type PlaceOutcome, placeHold } from '../ledger/hold.ts'
import type { CallTerms } from '../partners/call-cost.ts'
import type { Model } from '../pricing/catalogue.ts'
import { transact } from '../store/transact.ts'
import { estimateInput } from '../wires/estimate-input.ts'
import type { FetchedDocument, ParsedRequest, PreparedCall, Wire } from '../wires/wire.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { type HoldWish, planHold } from './plan-hold.ts'
import { insertRequest } from './request-row.ts'

/** A call that may be sent: its credits are set aside, its row is written. */
export interface AdmittedCall extends CallToAdmit {
  readonly budget: KeyBudget | null
  readonly estimatedInputTokens: number
  /** What is held, and how much more may be. */
  readonly plan: { readonly wish: HoldWish; readonly grantedTokens: number; readonly heldTokens: number }
  /** Sent upstream when it is not null: the client's wish, clamped to what its credits cover. */
  readonly maxTokensSent: number | null
  readonly isClamped: boolean
}

export interface CallToAdmit {
  readonly requestId: string
  readonly wire: Wire
  readonly request: ParsedRequest
  readonly prepared: PreparedCall
  /** What was fetched for it, by URL. */
  readonly documents: ReadonlyMap<string, FetchedDocument>
  readonly model: Model
  readonly key: AuthenticatedKey
  readonly terms: CallTerms
}

/** Longer than the longest call. A hold that is older belongs to nobody. */
const holdLifetimeMs = 2 * hourMs
/**
 * Output that a stream holds at first, beside the thinking that is asked for: a client that asks for 128 000 tokens on
 * every call, several at once, must not lock a small balance.
 */
const firstStepTokens = 2048
/** Models that think unseen may use this much before the first word. */
const unseenThinkingTokens = 2048
/** Between reading the balance and holding, others may hold; then the plan is made anew. */
const plansMax = 4

/**
 * Sets credits aside and writes the request's row, in one transaction.
 * @throws AppError 402 `insufficient_credits` or `key_budget_exceeded`.
 */
export async function admit(deps: GatewayDeps, call: CallToAdmit): Promise<AdmittedCall> {
  const wish = wishOf(call)
  const nowMs = deps.clock.nowMs()
  const budget = budgetOf(call.key, nowMs)
  for (let plans = 1; ; plans += 1) {
    const wallet = (await readWallet(deps.db, call.key.userId)).availableMicrocredits
    const budgetLeft = budget === null ? wallet : await readBudgetLeft(deps.db, call.key.keyId, budget)
    const available = minMicrocredits(wallet, budgetLeft)
    const plan = planHold(wish, available)
    if (!plan.isAffordable) {
      const code = wallet <= budgetLeft ? 'insufficient_credits' : 'key_budget_exceeded'
      throw refusal(deps, code, plan.neededMicrocredits, available)
    }
    const isClamped = plan.grantedTokens < wish.wantedTokens
    const admitted: AdmittedCall = {
      ...call,
      budget,
      estimatedInputTokens: wish.input.tokens,
      plan: { wish, grantedTokens: plan.grantedTokens, heldTokens: plan.heldTokens },
      maxTokensSent: isClamped ? plan.grantedTokens : null,
      isClamped,
    }
    const outcome = await hold(deps, admitted, plan.amountMicrocredits, nowMs)
    if (outcome.outcome === 'held') return admitted
    if (plans >= plansMax) throw refusal(deps, outcome.outcome, plan.amountMicrocredits, outcome.availableMicrocredits)
  }
}

function wishOf(call: CallToAdmit): HoldWish {
  const { request, model } = call
  const input = estimateInput(request.body)
  // Nobody has vouched for a price of searches that is not there.
  if (input.webSearchesMax > 0 && model.price.rates.perThousandWebSearches === 0) {
    throw new AppError(
      'invalid_request',
      `tools: ${model.id} has no known price for web searches. Leave the tool out.`,
      {
        param: 'tools',
      },
    )
  }
  const wantedTokens = Math.min(request.maxTokens ?? model.maxTokens, model.maxTokens)
  const thinksUnseen = model.abilities.thinking.by === 'effort' && model.abilities.thinking.levels.length > 0
  const step = firstStepTokens + request.thinkingTokens + (thinksUnseen ? unseenThinkingTokens : 0)
  return {
    input,
    wantedTokens,
    firstStepTokens: request.isStream ? step : wantedTokens,
    answers: request.answers,
    terms: call.terms,
  }
}

function budgetOf(key: AuthenticatedKey, nowMs: number): KeyBudget | null {
  return key.budget === null
    ? null
    : {
        amountMicrocredits: key.budget.amountMicrocredits,
        windowStartMs: budgetWindowStartMs(key.budget.window, nowMs),
      }
}

function hold(
  deps: GatewayDeps,
  call: AdmittedCall,
  amountMicrocredits: Microcredits,
  nowMs: number,
): Promise<PlaceOutcome> {
  return transact(
    deps.db,
    async (transaction) => {
      const outcome = await placeHold(
        transaction,
        {
          id: call.requestId,
          userId: call.key.userId,
          keyId: call.key.keyId,
          budget: call.budget,
          amountMicrocredits,
          serverId: deps.serverId,
          expiresAtMs: nowMs + holdLifetimeMs,
        },
        nowMs,
      )
      if (outcome.outcome === 'held') await insertRequest(transaction, call, amountMicrocredits, nowMs)
      return outcome
      // Nothing is charged yet: what a power loss takes is a call that nobody got.
    },
    'process',
  )
}

function refusal(
  deps: GatewayDeps,
  code: 'insufficient_credits' | 'key_budget_exceeded',
  needed: Microcredits,
  available: Microcredits,
): AppError {
  const [have, need] = [readable(available, 'down'), readable(needed, 'up')]
  const message =
    code === 'insufficient_credits'
      ? `Insufficient credits: ${have} left, about ${need} needed. Top up in the app, or at ${deps.publicUrl}.`
      : `This key's budget is used up: ${have} credits left in it, about ${need} needed. Raise its budget or use another key.`
  return new AppError(code, message, { headers: { 'x-should-retry': 'false' } })
}

function readable(amount: Microcredits, rounding: 'up' | 'down'): string {
  return new Intl.NumberFormat('en-US', {
    maximumFractionDigits: 2,
    roundingMode: rounding === 'up' ? 'ceil' : 'floor',
  }).format(creditsFromMicrocredits(amount))
}
