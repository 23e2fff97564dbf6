import { secondMs } from '../kernel/clock.ts'
import type { Microcredits } from '../kernel/microcredits.ts'
import { partnerAccount } from '../ledger/chart-of-accounts.ts'
import { releaseHold } from '../ledger/hold.ts'
import { type Settled, settleCoveredHold, settleHold } from '../ledger/settle-hold.ts'
import { type CallTerms, costOfCall } from '../partners/call-cost.ts'
import type { Ending } from '../pricing/endings.ts'
import type { Database } from '../store/open-database.ts'
import type { StatementTarget } from '../store/statement.ts'
import { runStep } from '../store/step.ts'
import { transact } from '../store/transact.ts'
import type { AdmittedCall } from './admit.ts'
import type { MeasuredUsage } from './measure-usage.ts'
import { readCharge, type SettledParts, writeReleased, writeSettled } from './request-row.ts'

/** Which call it is, as its row says. */
export interface CallIdentity {
  readonly requestId: string
  /** Whose wallet it is. */
  readonly userId: string
  readonly endpoint: string
  readonly provider: string
  readonly isStream: boolean
  readonly admittedAtMs: number
}

export function identityOf(call: AdmittedCall): CallIdentity {
  return {
    requestId: call.requestId,
    userId: call.key.userId,
    endpoint: call.wire.endpoint,
    provider: call.model.provider,
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

/** Settles a call: the transfers, the rest of the hold and the request's row in one transaction. @returns what the user paid. */
export async function settleRequest(books: Books, call: BilledCall, nowMs: number): Promise<Microcredits> {
  const cost = costOfCall(call.measured.usage, call.terms)
  const settlement = {
    holdId: call.requestId,
    costMicrocredits: cost.costMicrocredits,
    share: { account: partnerAccount(call.partnerId), amountMicrocredits: cost.shareMicrocredits },
    feeMicrocredits: cost.feeMicrocredits,
    budgetMicrocredits: call.budgetMicrocredits,
  }
  const writeRow = async (target: StatementTarget, settled: Settled): Promise<SettledParts> => {
    const { chargedMicrocredits, shortfallMicrocredits } = settled
    const grantedMaxTokens = call.grantedMaxTokens ?? null
    const parts = { ...call.measured, cost, chargedMicrocredits, shortfallMicrocredits, grantedMaxTokens }
    await writeSettled(target, call, parts, nowMs)
    return parts
  }
  const parts = await persistently(async () => {
    const covered = await runStep(books.db, { kind: 'resolution', userId: call.userId }, async (session) => {
      const outcome = await settleCoveredHold(session, settlement, nowMs)
      return outcome.outcome === 'settled' ? writeRow(session, outcome) : null
    })
    if (covered !== null) return covered
    return transact(books.db, async (transaction) => {
      const outcome = await settleHold(transaction, settlement, nowMs)
      return outcome.outcome === 'settled' ? writeRow(transaction, outcome) : null
    })
  })
  // Resolved already: by another server that took this one for dead, or by a try whose commit was not told to us.
  if (parts === null) return readCharge(books.db, call.requestId)
  books.onCallEnded(call, parts, nowMs)
  return parts.chargedMicrocredits
}

/** Gives the hold back: the call cost nothing. */
export async function releaseRequest(books: Books, call: EndedCall, nowMs: number): Promise<void> {
  const isReleased = await persistently(() =>
    runStep(books.db, { kind: 'resolution', userId: call.userId }, async (session) => {
      if ((await releaseHold(session, call.requestId, nowMs)) !== 'released') return false
      await writeReleased(session, call, nowMs)
      return true
    }),
  )
  if (isReleased) books.onCallEnded(call, null, nowMs)
}

/** About two minutes. */
const settleTries = 32

/** The provider has been paid by then: a store that is away for a moment must not lose the charge. */
async function persistently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (tries >= settleTries) throw error
      await new Promise((wait) => setTimeout(wait, Math.min(5 * secondMs, 50 * 2 ** tries)))
    }
  }
}
