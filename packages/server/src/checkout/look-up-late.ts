import { sql } from 'kysely'
import type { Logger } from 'pino'
import { type Clock, dayMs, hourMs, minuteMs } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import type { Purchase } from './find-purchase.ts'
import { fulfilPurchase } from './fulfil-purchase.ts'
import { PaymentRefused, type Payments, PaymentsUnavailable } from './payments.ts'

export interface LateLookUp {
  /** Asks Stripe how a session stands and does what its webhook would have done; at most every two seconds a session. */
  ask(purchase: Purchase): Promise<void>
}

export interface LateLookUpDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly payments: Payments
}

const askedEveryMs = 2_000
const rememberedMax = 10_000

export function createLateLookUp(deps: LateLookUpDeps): LateLookUp {
  const askedAtMs = new Map<string, number>()
  return {
    async ask(purchase) {
      const nowMs = deps.clock.nowMs()
      if (purchase.stripe_session_id === null || (askedAtMs.get(purchase.id) ?? 0) > nowMs - askedEveryMs) return
      if (askedAtMs.size >= rememberedMax) askedAtMs.clear()
      askedAtMs.set(purchase.id, nowMs)
      await lookUp(deps, purchase.stripe_session_id)
    },
  }
}

/** A provider that does not answer changes nothing: the webhook or the next look-up will. */
async function lookUp(deps: LateLookUpDeps, sessionId: string): Promise<void> {
  try {
    const session = await deps.payments.findSession(sessionId)
    const outcome = await transact(deps.db, (transaction) => fulfilPurchase(transaction, session, deps.clock.nowMs()))
    if (outcome.kind === 'mismatch' || outcome.kind === 'unknown')
      deps.logger.error({ sessionId, outcome: outcome.text }, 'a payment does not fit its purchase')
  } catch (error) {
    if (!(error instanceof PaymentsUnavailable || error instanceof PaymentRefused)) throw error
    deps.logger.warn({ sessionId, reason: error.message }, 'a session could not be looked up')
  }
}

const lateAfterMs = minuteMs
/** Delayed payments take up to two weeks. */
const lateForMs = 30 * dayMs
const batch = 50

/**
 * For purchases whose page was closed and whose webhook never came: those whose session must be over by now first, then
 * any of the others, so that in the long run each is asked about however many there are. A purchase that never got a
 * session is over when its time is.
 */
export async function lookUpLatePurchases(deps: LateLookUpDeps): Promise<void> {
  const nowMs = deps.clock.nowMs()
  const late = await deps.db
    .selectFrom('purchases')
    .select('stripe_session_id')
    .where('status', 'in', ['open', 'processing'])
    .where('created_at_ms', '<', nowMs - lateAfterMs)
    .where('created_at_ms', '>', nowMs - lateForMs)
    .where('stripe_session_id', 'is not', null)
    .orderBy((expression) =>
      expression
        .case()
        .when(expression.and([expression('status', '=', 'open'), expression('expires_at_ms', '<', nowMs)]))
        .then(0)
        .else(1)
        .end(),
    )
    .orderBy(sql`random()`)
    .limit(batch)
    .execute()
  for (const { stripe_session_id: sessionId } of late) if (sessionId !== null) await lookUp(deps, sessionId)
  await deps.db
    .updateTable('purchases')
    .set({ status: 'expired' })
    .where('status', '=', 'creating')
    .where('expires_at_ms', '<', nowMs - hourMs)
    .execute()
}
