import { secondMs } from '../kernel/clock.ts'
import type { Microcredits } from '../kernel/microcredits.ts'
import { partnerAccount } from '../ledger/chart-of-accounts.ts'
import { type Resolution, type ResolveOutcome, resolveHolds } from '../ledger/settle-hold.ts'
import { type CallCost, type CallTerms, costOfCall } from '../partners/call-cost.ts'
import { completeUsage } from '../pricing/billed-runs.ts'
import type { Ending } from '../pricing/endings.ts'
import { withUncountedRuns } from '../pricing/uncounted-runs.ts'
import type { Database } from '../store/open-database.ts'
import { runStep, type Step } from '../store/step.ts'
import { isStoreFailure } from '../store/store-failure.ts'
import { type MissedCeiling, markUsers } from '../users/mark-users.ts'
import type { AdmittedCall } from './admit.ts'
import type { MeasuredUsage } from './measure-usage.ts'
import { endRequests, type RowEnd, readCharge, type SettledParts } from './request-row.ts'

/** Which call it is, as its row says. */
export interface CallIdentity {
  readonly requestId: string
  /** Whose wallet it is. */
  readonly userId: string
  readonly livemode: boolean
  readonly endpoint: string
  readonly provider: string
  /** The catalogue's id. */
  readonly model: string
  readonly isStream: boolean
  readonly admittedAtMs: number
}

export function identityOf(call: AdmittedCall): CallIdentity {
  return {
    requestId: call.requestId,
    userId: call.key.userId,
    livemode: call.key.livemode,
    endpoint: call.wire.endpoint,
    provider: call.model.provider,
    model: call.model.id,
    isStream: call.request.isStream,
    admittedAtMs: call.admittedAtMs,
  }
}

export interface EndedCall extends CallIdentity {
  readonly ending: Ending
  readonly httpStatus: number | null
  readonly errorCode: string | null
  readonly upstreamRequestId: string | null
  readonly firstByteAtMs: number | null
}

/** What a call's end is told to, once it is committed; null: it cost nothing. */
export type OnCallEnded = (call: EndedCall, parts: SettledParts | null, endedAtMs: number) => void

interface Books {
  readonly db: Database
  readonly onCallEnded: OnCallEnded
}

export interface BilledCall extends EndedCall {
  readonly measured: MeasuredUsage
  readonly terms: CallTerms
  readonly partnerId: string
  readonly budgetMicrocredits: Microcredits | null
  /** Where an answer was cut for want of credits: how far it could go. */
  readonly grantedMaxTokens?: number
}

/**
 * Settles a call in one transaction: the transfers, the rest of the hold, the request's row and, where the call cost more
 * than its hold, the mark on the user.
 * @returns what the user paid.
 * @throws a bug at once. The hold stays open then, and the recovery job settles it as it does after a crash.
 */
export async function settleRequest(books: Books, call: BilledCall, nowMs: number): Promise<Microcredits> {
  const { measured, terms } = call
  const usage = measured.isEstimated ? withUncountedRuns(measured.usage, terms.runsAtMost ?? []) : measured.usage
  const complete = completeUsage(usage)
  const ended = complete === measured.usage ? call : { ...call, measured: { ...measured, usage: complete } }
  const cost = costOfCall(usage, terms)
  const parts = await persistently((lateMs) =>
    runStep(books.db, resolution, { call: ended, cost, nowMs: nowMs + lateMs }),
  )
  // Resolved already: by another server that took this one for dead, or by a try whose commit was not told to us.
  if (parts === 'already_resolved' || parts === 'released') return readCharge(books.db, call.requestId)
  books.onCallEnded(call, parts, nowMs)
  return parts.paid.chargedMicrocredits
}

/** Gives the hold back: the call cost nothing. */
export async function releaseRequest(books: Books, call: EndedCall, nowMs: number): Promise<void> {
  const outcome = await persistently((lateMs) =>
    runStep(books.db, resolution, { call, cost: null, nowMs: nowMs + lateMs }),
  )
  if (outcome === 'released') books.onCallEnded(call, null, nowMs)
}

/** What ends: at its cost, or for nothing. */
type CallEnd = { readonly nowMs: number } & (
  | { readonly call: BilledCall; readonly cost: CallCost }
  | { readonly call: EndedCall; readonly cost: null }
)

/** The end of calls, in the ledger and in their rows. */
const resolution: Step<CallEnd, SettledParts | 'released' | 'already_resolved'> = {
  async run(session, ends) {
    const outcomes = await resolveHolds(session, ends.map(resolutionOf))
    const told = ends.map((end, index) => partsOf(end, outcomes[index]))
    const rows = ends.flatMap(({ call, nowMs }, index): RowEnd[] => {
      const parts = told[index]
      if (parts === undefined || parts === 'already_resolved') return []
      return [{ call, parts: parts === 'released' ? null : parts, endedAtMs: nowMs }]
    })
    await endRequests(session, rows)
    await markUsers(session, rows.flatMap(missedBy))
    return told
  },
}

function missedBy({ call, parts, endedAtMs }: RowEnd): readonly MissedCeiling[] {
  if (parts === null || parts.paid.missedMicrocredits === 0) return []
  return [{ userId: parts.paid.userId, requestId: call.requestId, atMs: endedAtMs }]
}

function resolutionOf({ call, cost, nowMs }: CallEnd): Resolution {
  const holdId = call.requestId
  if (cost === null) return { holdId, settlement: null, nowMs }
  const { partnerId, livemode, budgetMicrocredits, measured } = call
  const { isEstimated } = measured
  const settlement = { ...cost, partnerAccount: partnerAccount(partnerId), livemode, budgetMicrocredits, isEstimated }
  return { holdId, settlement, nowMs }
}

function partsOf({ call, cost }: CallEnd, outcome: ResolveOutcome | undefined) {
  if (outcome?.outcome !== 'settled' || cost === null)
    return outcome?.outcome === 'released' ? 'released' : 'already_resolved'
  return { ...call.measured, paid: outcome, grantedMaxTokens: call.grantedMaxTokens ?? null }
}

/** About two minutes. */
const settleTries = 32

/**
 * Retries while the store is unavailable: the provider has been paid, and the charge must not be lost. Any other error is
 * a bug that a retry would only delay. Each try is told how late it is: by roll-ups, what ended minutes ago is in the store.
 */
async function persistently<Result>(work: (lateMs: number) => Promise<Result>): Promise<Result> {
  const startedAtMs = performance.now()
  for (let tries = 1; ; tries += 1) {
    try {
      return await work(Math.floor(performance.now() - startedAtMs))
    } catch (error) {
      if (tries >= settleTries || !isStoreFailure(error)) throw error
      await new Promise((wait) => setTimeout(wait, Math.min(5 * secondMs, 50 * 2 ** tries)))
    }
  }
}
