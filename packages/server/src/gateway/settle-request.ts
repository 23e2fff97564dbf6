import { secondMs } from '../kernel/clock.ts'
import { type Microcredits, zeroMicrocredits } from '../kernel/microcredits.ts'
import { partnerAccount } from '../ledger/chart-of-accounts.ts'
import { releaseHold } from '../ledger/hold.ts'
import { type Settled, settleCoveredHold, settleHold } from '../ledger/settle-hold.ts'
import { type CallTerms, costOfCall } from '../partners/call-cost.ts'
import type { Ending } from '../pricing/endings.ts'
import type { Database } from '../store/open-database.ts'
import type { StatementTarget } from '../store/statement.ts'
import { runStep } from '../store/step.ts'
import { transact } from '../store/transact.ts'
import type { MeasuredUsage } from './measure-usage.ts'
import { writeReleased, writeSettled } from './request-row.ts'

export interface EndedCall {
  readonly requestId: string
  /** Whose wallet it is. */
  readonly userId: string
  readonly ending: Ending
  readonly httpStatus: number | null
  readonly errorCode: string | null
  readonly upstreamRequestId: string | null
  readonly firstByteAtMs: number | null
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
export async function settleRequest(db: Database, call: BilledCall, nowMs: number): Promise<Microcredits> {
  const cost = costOfCall(call.measured.usage, call.terms)
  const settlement = {
    holdId: call.requestId,
    costMicrocredits: cost.costMicrocredits,
    share: { account: partnerAccount(call.partnerId), amountMicrocredits: cost.shareMicrocredits },
    feeMicrocredits: cost.feeMicrocredits,
    budgetMicrocredits: call.budgetMicrocredits,
  }
  const writeRow = (target: StatementTarget, { chargedMicrocredits, shortfallMicrocredits }: Settled) => {
    const grantedMaxTokens = call.grantedMaxTokens ?? null
    const parts = { ...call.measured, cost, chargedMicrocredits, shortfallMicrocredits, grantedMaxTokens }
    return writeSettled(target, call, parts, nowMs)
  }
  return persistently(async () => {
    const covered = await runStep(db, { kind: 'resolution', userId: call.userId }, async (session) => {
      const outcome = await settleCoveredHold(session, settlement, nowMs)
      if (outcome.outcome === 'settled') await writeRow(session, outcome)
      return outcome
    })
    if (covered.outcome === 'settled') return covered.chargedMicrocredits
    return transact(db, async (transaction) => {
      const outcome = await settleHold(transaction, settlement, nowMs)
      if (outcome.outcome !== 'settled') return zeroMicrocredits
      await writeRow(transaction, outcome)
      return outcome.chargedMicrocredits
    })
  })
}

/** Gives the hold back: the call cost nothing. */
export async function releaseRequest(db: Database, call: EndedCall, nowMs: number): Promise<void> {
  await persistently(() =>
    runStep(db, { kind: 'resolution', userId: call.userId }, async (session) => {
      if ((await releaseHold(session, call.requestId, nowMs)) !== 'released') return
      await writeReleased(session, call, nowMs)
    }),
  )
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
