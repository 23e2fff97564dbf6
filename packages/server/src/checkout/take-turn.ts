import type { DatabaseTransaction } from '../store/open-database.ts'

/**
 * Makes transactions about one payment take turns, on either engine. A purchase learns its payment with its first credit,
 * so until then a refund finds no purchase to lock: without a turn, a credit and a refund that commit at the same time
 * would miss each other. Taken before any other lock.
 */
export async function takeTurn(transaction: DatabaseTransaction, paymentIntentId: string): Promise<void> {
  await transaction
    .insertInto('payment_turns')
    .values({ stripe_payment_intent_id: paymentIntentId })
    .onConflict((conflict) =>
      conflict
        .column('stripe_payment_intent_id')
        .doUpdateSet((row) => ({ stripe_payment_intent_id: row.ref('excluded.stripe_payment_intent_id') })),
    )
    .execute()
}
