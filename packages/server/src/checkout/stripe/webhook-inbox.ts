import type Stripe from 'stripe'
import type { Database, DatabaseTransaction } from '../../store/open-database.ts'
import { transact } from '../../store/transact.ts'
import { type EventOutcome, handleEvent } from './handle-event.ts'

/** Takes an event in once: the mark that says "seen" and all that follows from it are one transaction. */
export async function receiveEvent(db: Database, event: Stripe.Event, nowMs: number): Promise<EventOutcome> {
  return transact(db, async (transaction) => {
    if (!(await claim(transaction, event, nowMs))) return { state: 'handled', isAlarming: false, text: 'seen before' }
    const outcome = await handleEvent(transaction, event, nowMs)
    await transaction
      .updateTable('stripe_events')
      .set({ state: outcome.state, outcome: outcome.text, handled_at_ms: nowMs })
      .where('id', '=', event.id)
      .execute()
    return outcome
  })
}

/** An event that is parked may be taken again, by Stripe's next try or by our own; a handled one never. */
async function claim(transaction: DatabaseTransaction, event: Stripe.Event, nowMs: number): Promise<boolean> {
  const inserted = await transaction
    .insertInto('stripe_events')
    .values({
      id: event.id,
      type: event.type,
      state: 'parked',
      object_id: 'id' in event.data.object && typeof event.data.object.id === 'string' ? event.data.object.id : '',
      outcome: 'received',
      received_at_ms: nowMs,
      handled_at_ms: null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted !== undefined) return true
  // A write that changes nothing waits for whoever holds the row.
  const parked = await transaction
    .updateTable('stripe_events')
    .set({ state: 'parked' })
    .where('id', '=', event.id)
    .where('state', '=', 'parked')
    .returning('id')
    .executeTakeFirst()
  return parked !== undefined
}
