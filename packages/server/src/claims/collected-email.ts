import type { DatabaseReader } from '../store/open-database.ts'

/**
 * Returns the address that Stripe collected with a guest's complete purchase; null for any other purchase. Who has the
 * guest's key may mail a code to it, and is never told more than its mask.
 */
export async function findCollectedEmail(
  db: DatabaseReader,
  purchase: { readonly stripeSessionId: string; readonly userId: string },
): Promise<string | null> {
  const row = await db
    .selectFrom('purchases')
    .innerJoin('users', 'users.id', 'purchases.user_id')
    .select('purchases.email')
    .where('purchases.stripe_session_id', '=', purchase.stripeSessionId)
    .where('purchases.user_id', '=', purchase.userId)
    .where('purchases.status', '=', 'complete')
    .where('users.email', 'is', null)
    .executeTakeFirst()
  return row?.email ?? null
}
