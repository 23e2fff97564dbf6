import { sql } from 'kysely'
import type { Logger } from 'pino'
import { type Clock, dayMs, hourMs, minuteMs } from '../kernel/clock.ts'
import { readWorldNowMs } from '../keys/world-time.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import type { Purchase } from './find-purchase.ts'
import { fulfilPurchase } from './fulfil-purchase.ts'
import { type PaymentWorlds, paymentsOf } from './payment-worlds.ts'
import { PaymentRefused, PaymentsUnavailable } from './payments.ts'

export interface LateLookUp {
  /** Asks Stripe how a session stands and does what its webhook would have done; at most every two seconds a session. */
  ask(purchase: Purchase): Promise<void>
}

export interface LateLookUpDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly payments: PaymentWorlds
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
      await lookUp(deps, purchase)
    },
  }
}

/** A provider that does not answer changes nothing: the webhook or the next look-up will. */
async function lookUp(deps: LateLookUpDeps, purchase: LatePurchase): Promise<void> {
  const { stripe_session_id: sessionId } = purchase
  if (sessionId === null) return
  try {
    await closeByTestClock(deps, purchase, sessionId)
    const session = await paymentsOf(deps.payments, purchase).findSession(sessionId)
    const outcome = await transact(deps.db, (transaction) => fulfilPurchase(transaction, session, deps.clock.nowMs()))
    if (outcome.kind === 'mismatch' || outcome.kind === 'unknown')
      deps.logger.error({ sessionId, outcome: outcome.text }, 'a payment does not fit its purchase')
  } catch (error) {
    if (!(error instanceof PaymentsUnavailable || error instanceof PaymentRefused)) throw error
    deps.logger.warn({ sessionId, reason: error.message }, 'a session could not be looked up')
  }
}

/** The test world's time may be past a session's end long before its provider thinks so. */
async function closeByTestClock(deps: LateLookUpDeps, purchase: LatePurchase, sessionId: string): Promise<void> {
  if (purchase.livemode === 1 || purchase.status !== 'open') return
  const nowMs = await readWorldNowMs(deps, { partnerId: purchase.partner_id, livemode: false })
  if (purchase.expires_at_ms > nowMs) return
  await paymentsOf(deps.payments, purchase)
    .expireSession(sessionId)
    .catch((error: unknown) => {
      // It is over already, or has just been paid.
      if (!(error instanceof PaymentRefused)) throw error
    })
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
  // Each world has its turn: a thousand test purchases that nobody paid do not keep a paid one waiting.
  for (const livemode of [1, 0])
    for (const purchase of await findLate(deps.db, livemode, nowMs)) await lookUp(deps, purchase)
  await deps.db
    .updateTable('purchases')
    .set({ status: 'expired' })
    .where('status', '=', 'creating')
    .where('expires_at_ms', '<', nowMs - hourMs)
    .execute()
}

/** Asks at once about what an app's users have not finished: after its test clock was advanced. */
export async function lookUpPurchasesOf(deps: LateLookUpDeps, partnerId: string): Promise<void> {
  const unfinished = await unfinishedPurchases(deps.db).where('partner_id', '=', partnerId).limit(batch).execute()
  for (const purchase of unfinished) await lookUp(deps, purchase)
}

type LatePurchase = Pick<Purchase, 'stripe_session_id' | 'livemode' | 'status' | 'partner_id' | 'expires_at_ms'>

function unfinishedPurchases(db: Database) {
  return db
    .selectFrom('purchases')
    .select(['stripe_session_id', 'livemode', 'status', 'partner_id', 'expires_at_ms'])
    .where('status', 'in', ['open', 'processing'])
    .where('stripe_session_id', 'is not', null)
}

function findLate(db: Database, livemode: number, nowMs: number): Promise<readonly LatePurchase[]> {
  return unfinishedPurchases(db)
    .where('livemode', '=', livemode)
    .where('created_at_ms', '<', nowMs - lateAfterMs)
    .where('created_at_ms', '>', nowMs - lateForMs)
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
}
