import { AppError } from '../kernel/app-error.ts'
import { minuteMs, secondMs } from '../kernel/clock.ts'
import type { Microcredits } from '../kernel/microcredits.ts'
import { type ExtendOutcome, type Extension, extendHolds } from '../ledger/extend-holds.ts'
import { runStep, type Step } from '../store/step.ts'
import type { AdmittedCall } from './admit.ts'
import type { GatewayDeps } from './gateway-deps.ts'

const extension: Step<Extension, ExtendOutcome> = { run: extendHolds }

const holdLifetimeMs = 120 * minuteMs
const retryMs = secondMs / 4
/** A restart of the store takes some seconds, and a stream that waits so long for its next step is not cut. */
const patienceMs = 10 * secondMs

/**
 * Makes a call's hold larger. A store that is away is asked again.
 * @param more.untilMs what is held lasts until then: no retry after it.
 * @throws AppError `overloaded` when the store stays away.
 */
export async function extendHold(
  { db, clock }: Pick<GatewayDeps, 'db' | 'clock'>,
  call: AdmittedCall,
  more: { readonly byMicrocredits: Microcredits; readonly untilMs: number },
): Promise<ExtendOutcome> {
  const giveUpAtMs = Math.min(clock.nowMs() + patienceMs, more.untilMs)
  for (;;) {
    try {
      const asked = {
        holdId: call.requestId,
        byMicrocredits: more.byMicrocredits,
        budgetMicrocredits: call.budget?.amountMicrocredits ?? null,
        expiresAtMs: clock.nowMs() + holdLifetimeMs,
      }
      return await runStep(db, extension, asked, 'process')
    } catch (error) {
      if (!isStoreAway(error) || clock.nowMs() + retryMs >= giveUpAtMs) throw error
      await new Promise((wait) => setTimeout(wait, retryMs))
    }
  }
}

/** The store's driver tells every failure to answer so (`store/store-failure.ts`). */
export function isStoreAway(error: unknown): boolean {
  return error instanceof AppError && error.code === 'overloaded'
}
