import type { Database, DatabaseTransaction } from '../../store/open-database.ts'
import { transact } from '../../store/transact.ts'
import { type EventOutcome, handleEvent, type WorldEvent } from './handle-event.ts'

/** Takes an event in once: the mark that says "seen" and all that follows from it are one transaction. */
export async function receiveEvent(db: Database, event: WorldEvent, nowMs: number): Promise<EventOutcome> {
  return transact(db, async (transaction) => {
    if (!(await claim(transaction, event, nowMs))) return { state: 'handled', isAlarming: false, text: 'seen before' }
    const outcome = await handleEvent(transaction, event, nowMs)
    await transaction
      .updateTable('stripe_events')
      .set({ state: outcome.state, outcome: outcome.text, handled_at_ms: nowMs })
      .where('id', '=', event.event.id)
      .execute()
    return outcome
  })
}

/** An event that is parked may be taken again, by Stripe's next try or by our own; a handled one never. */
async function claim(
  transaction: DatabaseTransaction,
  { event, isOfLiveWorld }: WorldEvent,
  nowMs: number,
): Promise<boolean> {
  const inserted = await transaction
    .insertInto('stripe_events')
    .values({
      id: event.id,
      type: event.type,
      livemode: isOfLiveWorld ? 1 : 0,
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
  // Whoever holds the row is waited for. The other world may have parked it.
  const parked = await transaction
    .updateTable('stripe_events')
    .set({ state: 'parked', livemode: isOfLiveWorld ? 1 : 0 })
    .where('id', '=', event.id)
    .where('state', '=', 'parked')
    .returning('id')
    .executeTakeFirst()
  return parked !== undefined
}
