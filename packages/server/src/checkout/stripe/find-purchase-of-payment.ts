import type { DatabaseTransaction } from '../../store/open-database.ts'
import { findPurchase, type Purchase } from '../find-purchase.ts'

/** Refunds and disputes know the payment; a purchase knows it once Stripe has told of it. */
export async function findPurchaseOfPayment(
  transaction: DatabaseTransaction,
  paymentIntentId: string,
  metadata: Readonly<Record<string, string>> | null,
): Promise<Purchase | null> {
  const byPayment = await findPurchase(transaction, 'stripe_payment_intent_id', paymentIntentId)
  if (byPayment !== null) return byPayment
  const named = metadata?.purchase_id
  return named === undefined ? null : findPurchase(transaction, 'id', named)
}

/** Stripe gives an id, or the whole thing where it was expanded. */
export function idOf(reference: string | { readonly id: string } | null): string | null {
  return typeof reference === 'string' ? reference : (reference?.id ?? null)
}
