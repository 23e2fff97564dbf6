import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

export type Purchase = Row<'purchases'>
type Name = 'id' | 'stripe_session_id' | 'stripe_payment_intent_id'

export async function findPurchase(db: DatabaseReader, column: Name, value: string): Promise<Purchase | null> {
  return (await db.selectFrom('purchases').selectAll().where(column, '=', value).executeTakeFirst()) ?? null
}

/** A write that changes nothing keeps the row from others: two messages about one purchase take turns, on either engine. */
export async function lockPurchase(
  transaction: DatabaseTransaction,
  column: Name,
  value: string,
): Promise<Purchase | null> {
  const row = await transaction
    .updateTable('purchases')
    .set((expression) => ({ status: expression.ref('status') }))
    .where(column, '=', value)
    .returningAll()
    .executeTakeFirst()
  return row ?? null
}

/** By the id that we gave the session, else by the session's own. */
export async function lockPurchaseOfSession(
  transaction: DatabaseTransaction,
  session: { readonly purchaseId: string | null; readonly sessionId: string },
): Promise<Purchase | null> {
  const byId = session.purchaseId === null ? null : await lockPurchase(transaction, 'id', session.purchaseId)
  return byId ?? lockPurchase(transaction, 'stripe_session_id', session.sessionId)
}
