import type { IncomingHttpHeaders } from 'node:http'
import { assert } from '../kernel/assert.ts'
import { hourMs } from '../kernel/clock.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { worldNowMs } from '../kernel/world-clock.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { budgetWindowStartMs } from '../ledger/budget-window.ts'
import { type HoldPlan, type HoldRequest, type KeyBudget, placeHolds } from '../ledger/hold.ts'
import type { HoldRefusal } from '../ledger/hold-owner.ts'
import type { CallTerms } from '../partners/call-cost.ts'
import type { Model } from '../pricing/catalogue.ts'
import { runStep, type Step } from '../store/step.ts'
import type { ParsedRequest, PreparedCall, UpstreamBody, Wire } from '../wires/wire.ts'
import { boundCall } from './bound-call.ts'
import type { CallMemory } from './call-memory.ts'
import { countExactly } from './count-exactly.ts'
import type { LargeFile } from './file-copies.ts'
import type { ResolvedRun } from './further-runs.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { heldRunsOf, runsAtMost } from './held-runs.ts'
import { type AffordablePlan, costOfHold, type HoldWish, planHold } from './plan-hold.ts'
import { unpaid } from './refuse-admission.ts'
import { insertRequests } from './request-row.ts'
import { wishOf } from './wish-of-call.ts'

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
  readonly model: Model
  /** What its provider may run on its behalf beside the answer. */
  readonly runs: readonly ResolvedRun[]
  readonly key: AuthenticatedKey
  readonly terms: CallTerms
  /** What of it is kept for its client; null where nothing is. */
  readonly memory: CallMemory | null
  /** Files that are copied to the provider before it is sent. */
  readonly largeFiles: readonly LargeFile[]
}

/** The body as it goes out where nothing has to be clamped or fetched, and the headers that it came with. */
export interface OutgoingBody {
  readonly fields: UpstreamBody
  readonly text: string
  readonly clientHeaders: IncomingHttpHeaders
}

/** Longer than the longest call. A hold that is older belongs to nobody. */
const holdLifetimeMs = 2 * hourMs

/**
 * Sets credits aside and writes the request's row, in one step. What the call may cost is bounded; where the bound is
 * more than the credits bear easily, the prompt is counted, and the count is held (gateway.md, *Ceilings*).
 * @throws AppError 402 `insufficient_credits` or `key_budget_exceeded`; 400 for what has no price.
 */
export async function admit(deps: GatewayDeps, call: CallToAdmit, outgoing: OutgoingBody): Promise<AdmittedCall> {
  const bounding = boundCall(deps, call, outgoing)
  const prompt = bounding instanceof Promise ? await bounding : bounding
  const { canBeCounted } = prompt.bound
  const runs = heldRunsOf(call, prompt)
  const bounded = wishOf(call, prompt.bound, runs)
  const first = await place(deps, call, { wish: bounded, room: canBeCounted ? roomWithoutCount : 1 })
  if ('requestId' in first) return first
  if (!canBeCounted || !couldBePaid(bounded, first)) throw unpaidFor(deps, bounded, first)
  const counted = await countExactly(deps, call, outgoing, prompt)
  const wish = counted === null ? bounded : wishOf(call, counted, runs)
  const second = await place(deps, call, { wish, room: 1 })
  if ('requestId' in second) return second
  throw unpaidFor(deps, wish, second)
}

/**
 * A prompt is held uncounted where the credits cover it so many times: its bound may be some times its count, and calls
 * that run side by side would lock a balance that bears them all.
 */
const roomWithoutCount = 10

/** Nothing is counted for a wallet that could not even pay the least answer to an empty prompt. */
function couldBePaid(wish: HoldWish, { availableMicrocredits }: HoldRefusal): boolean {
  const empty = { ...wish, input: { ...wish.input, tokens: 0, rereadTokens: 0 } }
  return availableMicrocredits > 0 && planHold(empty, availableMicrocredits).isAffordable
}

function unpaidFor(deps: GatewayDeps, wish: HoldWish, refusal: HoldRefusal) {
  const plan = planHold(wish, refusal.availableMicrocredits)
  const needed = plan.isAffordable ? plan.amountMicrocredits : plan.neededMicrocredits
  return unpaid(refusal, needed, deps.publicUrl)
}

interface Attempt {
  readonly wish: HoldWish
  /** How many prompts like this one the credits have to cover. */
  readonly room: number
}

function place(deps: GatewayDeps, call: CallToAdmit, attempt: Attempt): Promise<AdmittedCall | HoldRefusal> {
  const nowMs = deps.clock.nowMs()
  const asked = { ...attempt, call, budget: budgetOf(call.key, nowMs), serverId: deps.serverId, nowMs }
  // Nothing is charged yet: what a power loss takes is a call that nobody got.
  return runStep(deps.db, admission, asked, 'process')
}

interface Asked extends Attempt {
  readonly call: CallToAdmit
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
    terms: wish.runs === undefined ? call.terms : { ...call.terms, runsAtMost: runsAtMost(wish.runs) },
    admittedAtMs: nowMs,
    budget,
    estimatedInputTokens: wish.input.likelyTokens,
    plan: { wish, ...plan },
    maxTokensSent: isClamped ? plan.grantedTokens : null,
    isClamped,
  }
}

function isClampedBy(plan: AffordablePlan, wish: HoldWish): boolean {
  return plan.grantedTokens < wish.wantedTokens
}

function holdOf({ call, wish, room, budget, serverId, nowMs }: Asked): HoldRequest<AffordablePlan & HoldPlan> {
  const spareMicrocredits = microcredits(costOfHold(wish, 0) * (room - 1))
  return {
    id: call.requestId,
    userId: call.key.userId,
    budgetId: call.key.budgetId,
    guestBudgetId: call.key.guestBudgetId,
    budget,
    serverId,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + holdLifetimeMs,
    plan(available) {
      const plan = planHold(wish, available)
      if (!plan.isAffordable || plan.amountMicrocredits + spareMicrocredits > available) return null
      // The body is written already, unless its limit has to be clamped or something has to be fetched or copied for it.
      const { prepared, largeFiles } = call
      const isReady = !isClampedBy(plan, wish) && prepared.documentUrls.length === 0 && largeFiles.length === 0
      return { ...plan, spareMicrocredits, state: isReady ? 'sent' : 'placed' }
    },
  }
}

/** The budget that limits a key now, and the window that it counts in. */
export function budgetOf(
  key: Pick<AuthenticatedKey, 'budget' | 'livemode' | 'clockAheadMs'>,
  nowMs: number,
): KeyBudget | null {
  return key.budget === null
    ? null
    : {
        amountMicrocredits: key.budget.amountMicrocredits,
        windowStartMs: budgetWindowStartMs(key.budget.window, worldNowMs(nowMs, key)),
      }
}
