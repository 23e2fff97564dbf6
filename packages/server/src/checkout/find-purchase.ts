import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

export type Purchase = Row<'purchases'>

export async function findPurchase(
  db: DatabaseReader,
  column: 'id' | 'stripe_session_id' | 'stripe_payment_intent_id',
  value: string,
): Promise<Purchase | null> {
  return (await db.selectFrom('purchases').selectAll().where(column, '=', value).executeTakeFirst()) ?? null
}

/** By the id that we gave the session, else by the session's own. */
export async function findPurchaseOfSession(
  db: DatabaseReader,
  session: { readonly purchaseId: string | null; readonly sessionId: string },
): Promise<Purchase | null> {
  const byId = session.purchaseId === null ? null : await findPurchase(db, 'id', session.purchaseId)
  return byId ?? findPurchase(db, 'stripe_session_id', session.sessionId)
}
