import type { AccountPurchase } from '@opencredits/protocol'
import { sql } from 'kysely'
import { minorUnitDigitsOf } from '../kernel/minor-unit-digits.ts'
import type { ListCursor } from '../lists/cursor.ts'
import { creditsOf, secondsOf } from '../lists/formats.ts'
import type { DatabaseReader } from '../store/open-database.ts'

/** A user's purchases, the newest first, and the guests' that were claimed; what never got to Stripe is none. */
export function purchasesQuery(db: DatabaseReader, userId: string) {
  return db
    .selectFrom('purchases')
    .innerJoin('partners', 'partners.id', 'purchases.partner_id')
    .selectAll('purchases')
    .select('partners.name as app_name')
    .select((from) =>
      (['refunds', 'disputes'] as const).map((table) =>
        from
          .selectFrom(table)
          .select(sql<number>`cast(coalesce(sum(debited_microcredits), 0) as bigint)`.as('taken'))
          .whereRef(`${table}.stripe_payment_intent_id`, '=', 'purchases.stripe_payment_intent_id')
          .as(`taken_by_${table}`),
      ),
    )
    .where((of) => of.or([of('purchases.user_id', '=', userId), of('purchases.claimed_by_user_id', '=', userId)]))
    .where('purchases.status', '!=', 'creating')
    .orderBy('purchases.created_at_ms', 'desc')
    .orderBy('purchases.id', 'desc')
}

export function afterPurchase(query: ReturnType<typeof purchasesQuery>, { atMs, id }: ListCursor) {
  return query.where(sql<boolean>`(purchases.created_at_ms, purchases.id) < (${atMs}, ${id})`)
}

export type PurchaseEntry = Awaited<ReturnType<ReturnType<typeof purchasesQuery>['execute']>>[number]

export function describePurchase(row: PurchaseEntry): AccountPurchase {
  return {
    purchase_id: row.id,
    app: { id: row.partner_id, name: row.app_name },
    status: row.status === 'creating' ? 'open' : row.status,
    amount: row.amount_minor / 10 ** minorUnitDigitsOf(row.currency),
    currency: row.currency,
    credits: creditsOf(row.credits_microcredits),
    taken_back: creditsOf((row.taken_by_refunds ?? 0) + (row.taken_by_disputes ?? 0)),
    created_at: secondsOf(row.created_at_ms),
    completed_at: secondsOf(row.completed_at_ms),
    receipt_url: row.receipt_url,
  }
}
