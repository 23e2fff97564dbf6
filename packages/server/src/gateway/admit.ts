import { AppError } from '../kernel/app-error.ts'
import { assert } from '../kernel/assert.ts'
import { hourMs } from '../kernel/clock.ts'
import { creditsFromMicrocredits, type Microcredits } from '../kernel/microcredits.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { budgetWindowStartMs } from '../ledger/budget-window.ts'
import { type HoldPlan, type HoldRequest, type KeyBudget, placeHolds } from '../ledger/hold.ts'
import type { HoldRefusal } from '../ledger/hold-owner.ts'
import type { CallTerms } from '../partners/call-cost.ts'
import type { Model } from '../pricing/catalogue.ts'
import { runStep, type Step } from '../store/step.ts'
import { estimateInput } from '../wires/estimate-input.ts'
import type { FetchedDocument, ParsedRequest, PreparedCall, Wire } from '../wires/wire.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { type AffordablePlan, type HoldWish, planHold } from './plan-hold.ts'
import { insertRequests } from './request-row.ts'

/** A call that may be sent: its credits are set aside, its row is written. */
export interface AdmittedCall extends CallToAdmit {
  readonly admittedAtMs: number
  readonly budget: KeyBudget | null
  readonly estimatedInputTokens: number
  /** What is held, and how much more may be. */
  readonly plan: AffordablePlan & { readonly wish: HoldWish }
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

/**
 * Sets credits aside and writes the request's row, in one step.
 * @throws AppError 402 `insufficient_credits` or `key_budget_exceeded`.
 */
export async function admit(deps: GatewayDeps, call: CallToAdmit): Promise<AdmittedCall> {
  const nowMs = deps.clock.nowMs()
  const asked = { call, wish: wishOf(call), budget: budgetOf(call.key, nowMs), serverId: deps.serverId, nowMs }
  // Nothing is charged yet: what a power loss takes is a call that nobody got.
  const outcome = await runStep(deps.db, admission, asked, 'process')
  if ('requestId' in outcome) return outcome
  const plan = planHold(asked.wish, outcome.availableMicrocredits)
  const needed = plan.isAffordable ? plan.amountMicrocredits : plan.neededMicrocredits
  throw refusal(deps, outcome.outcome, needed, outcome.availableMicrocredits)
}

interface Asked {
  readonly call: CallToAdmit
  readonly wish: HoldWish
  readonly budget: KeyBudget | null
  readonly serverId: string
  readonly nowMs: number
}

/** The beginning of calls: their holds and their rows. */
const admission: Step<Asked, AdmittedCall | HoldRefusal> = {
  async run(session, asked) {
    const outcomes = await placeHolds(session, asked.map(holdOf))
    const answers = asked.map((one, index): AdmittedCall | HoldRefusal => {
      const outcome = outcomes[index]
      assert(outcome !== undefined, 'every call that asks is answered')
      return outcome.outcome === 'held' ? admittedOf(one, outcome.plan) : outcome
    })
    await insertRequests(
      session,
      answers.filter((answer) => 'requestId' in answer),
    )
    return answers
  },
}

function admittedOf({ call, wish, budget, nowMs }: Asked, plan: AffordablePlan): AdmittedCall {
  const isClamped = isClampedBy(plan, wish)
  return {
    ...call,
    admittedAtMs: nowMs,
    budget,
    estimatedInputTokens: wish.input.tokens,
    plan: { wish, ...plan },
    maxTokensSent: isClamped ? plan.grantedTokens : null,
    isClamped,
  }
}

function isClampedBy(plan: AffordablePlan, wish: HoldWish): boolean {
  return plan.grantedTokens < wish.wantedTokens
}

function holdOf({ call, wish, budget, serverId, nowMs }: Asked): HoldRequest<AffordablePlan & HoldPlan> {
  return {
    id: call.requestId,
    userId: call.key.userId,
    keyId: call.key.keyId,
    budget,
    serverId,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + holdLifetimeMs,
    plan(available) {
      const plan = planHold(wish, available)
      // The body is written already, unless its limit has to be clamped.
      return plan.isAffordable ? { ...plan, state: isClampedBy(plan, wish) ? 'placed' : 'sent' } : null
    },
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
