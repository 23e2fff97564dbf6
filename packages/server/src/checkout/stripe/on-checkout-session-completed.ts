import type { DatabaseTransaction } from '../../store/open-database.ts'
import { type FulfilOutcome, fulfilPurchase } from '../fulfil-purchase.ts'
import type { PaidSession } from '../payments.ts'
import type { EventOutcome } from './handle-event.ts'

/** A session is complete, or a delayed payment for it has arrived: credited if it is paid. */
export async function onCheckoutSessionCompleted(
  transaction: DatabaseTransaction,
  session: PaidSession,
  nowMs: number,
): Promise<EventOutcome> {
  return asEventOutcome(await fulfilPurchase(transaction, session, nowMs))
}

export function asEventOutcome({ kind, text }: FulfilOutcome): EventOutcome {
  return {
    state: kind === 'unknown' || kind === 'foreign' ? 'parked' : 'handled',
    isAlarming: kind === 'unknown' || kind === 'mismatch' || kind === 'foreign',
    text,
  }
}
