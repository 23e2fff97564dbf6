import { AppError } from '../kernel/app-error.ts'
import { hourMs } from '../kernel/clock.ts'
import { creditsFromMicrocredits, type Microcredits, minMicrocredits } from '../kernel/microcredits.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { readBudgetLeft, readWallet } from '../ledger/balance.ts'
import { budgetWindowStartMs } from '../ledger/budget-window.ts'
import { type HoldRequest, type KeyBudget, placeHold } from '../ledger/hold.ts'
import type { CallTerms } from '../partners/call-cost.ts'
import type { Model } from '../pricing/catalogue.ts'
import type { Session } from '../store/statement.ts'
import { runStep } from '../store/step.ts'
import { estimateInput } from '../wires/estimate-input.ts'
import type { FetchedDocument, ParsedRequest, PreparedCall, Wire } from '../wires/wire.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { type HoldWish, planHold } from './plan-hold.ts'
import { insertRequest } from './request-row.ts'

/** A call that may be sent: its credits are set aside, its row is written. */
export interface AdmittedCall extends CallToAdmit {
  readonly admittedAtMs: number
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
 * Sets credits aside and writes the request's row, in one step.
 * @throws AppError 402 `insufficient_credits` or `key_budget_exceeded`.
 */
export async function admit(deps: GatewayDeps, call: CallToAdmit): Promise<AdmittedCall> {
  const wish = wishOf(call)
  const nowMs = deps.clock.nowMs()
  const budget = budgetOf(call.key, nowMs)
  const outcome = await runStep(
    deps.db,
    // Nothing is charged yet: what a power loss takes is a call that nobody got.
    { kind: 'admission', userId: call.key.userId, durability: 'process' },
    (session) => planAndHold(session, { call, wish, budget, serverId: deps.serverId, nowMs }),
  )
  if (outcome.outcome === 'refused')
    throw refusal(deps, outcome.code, outcome.neededMicrocredits, outcome.availableMicrocredits)
  return outcome.call
}

type Admission =
  | { readonly outcome: 'admitted'; readonly call: AdmittedCall }
  | {
      readonly outcome: 'refused'
      readonly code: 'insufficient_credits' | 'key_budget_exceeded'
      readonly neededMicrocredits: Microcredits
      readonly availableMicrocredits: Microcredits
    }

interface Asked {
  readonly call: CallToAdmit
  readonly wish: HoldWish
  readonly budget: KeyBudget | null
  readonly serverId: string
  readonly nowMs: number
}

/** What was read may be outdated when the hold is placed: the hold's own guard decides, and then the plan is made anew. */
async function planAndHold(session: Session, asked: Asked): Promise<Admission> {
  const { call, wish, budget, nowMs } = asked
  for (let plans = 1; ; plans += 1) {
    const wallet = (await readWallet(session, call.key.userId)).availableMicrocredits
    const budgetLeft = budget === null ? wallet : await readBudgetLeft(session, call.key.keyId, budget)
    const available = minMicrocredits(wallet, budgetLeft)
    const plan = planHold(wish, available)
    if (!plan.isAffordable) {
      const code = wallet <= budgetLeft ? 'insufficient_credits' : 'key_budget_exceeded'
      return refused(code, plan.neededMicrocredits, available)
    }
    const isClamped = plan.grantedTokens < wish.wantedTokens
    const admitted: AdmittedCall = {
      ...call,
      admittedAtMs: nowMs,
      budget,
      estimatedInputTokens: wish.input.tokens,
      plan: { wish, grantedTokens: plan.grantedTokens, heldTokens: plan.heldTokens },
      maxTokensSent: isClamped ? plan.grantedTokens : null,
      isClamped,
    }
    const outcome = await placeHold(session, holdOf(asked, admitted, plan.amountMicrocredits), nowMs)
    if (outcome.outcome === 'held') {
      await insertRequest(session, admitted, plan.amountMicrocredits, nowMs)
      return { outcome: 'admitted', call: admitted }
    }
    if (plans >= plansMax) return refused(outcome.outcome, plan.amountMicrocredits, outcome.availableMicrocredits)
  }
}

function refused(
  code: 'insufficient_credits' | 'key_budget_exceeded',
  neededMicrocredits: Microcredits,
  availableMicrocredits: Microcredits,
): Admission {
  return { outcome: 'refused', code, neededMicrocredits, availableMicrocredits }
}

function holdOf(
  { call, budget, serverId, nowMs }: Asked,
  { isClamped }: AdmittedCall,
  amountMicrocredits: Microcredits,
): HoldRequest {
  return {
    id: call.requestId,
    userId: call.key.userId,
    keyId: call.key.keyId,
    budget,
    amountMicrocredits,
    serverId,
    expiresAtMs: nowMs + holdLifetimeMs,
    // The body is written already, unless its limit has to be clamped.
    state: isClamped ? 'placed' : 'sent',
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
