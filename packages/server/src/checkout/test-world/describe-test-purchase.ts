import type { TestPurchaseResponse, TestTakeBack } from '@opencredits/protocol'
import { creditsFromMicrocredits, microcredits } from '../../kernel/microcredits.ts'
import type { Database } from '../../store/open-database.ts'
import type { Purchase } from '../find-purchase.ts'

/** A purchase of the test world as its app's developer sees it, with what was taken back. Nothing of its user. */
export async function describeTestPurchase(db: Database, purchase: Purchase): Promise<TestPurchaseResponse> {
  const refunds = await claimsOn(db, 'refunds', purchase)
  const disputes = await claimsOn(db, 'disputes', purchase)
  const taken = [...refunds, ...disputes].reduce((sum, row) => sum + row.debited_microcredits, 0)
  return {
    purchase_id: purchase.id,
    session_id: purchase.stripe_session_id ?? '',
    livemode: false,
    status: purchase.status === 'creating' ? 'open' : purchase.status,
    amount_minor: purchase.amount_minor,
    currency: purchase.currency,
    credits: creditsFromMicrocredits(microcredits(purchase.credits_microcredits)),
    taken_back: creditsFromMicrocredits(microcredits(taken)),
    refunds: refunds.map(toTakeBack),
    disputes: disputes.map(toTakeBack),
  }
}

function toTakeBack({ id, amount_minor, status }: TestTakeBack): TestTakeBack {
  return { id, amount_minor, status }
}

function claimsOn(db: Database, table: 'refunds' | 'disputes', purchase: Purchase) {
  return db
    .selectFrom(table)
    .select(['id', 'amount_minor', 'status', 'debited_microcredits'])
    .where('stripe_payment_intent_id', '=', purchase.stripe_payment_intent_id)
    .where('livemode', '=', 0)
    .orderBy('updated_at_ms')
    .orderBy('id')
    .execute()
}
