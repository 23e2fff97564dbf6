import type { ClaimablePurchase } from '@opencredits/protocol'
import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import { minorUnitDigitsOf } from '../kernel/minor-unit-digits.ts'
import { readWallet } from '../ledger/balance.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { AccountName } from '../users/find-user.ts'
import { allocateClaims, readGuestPurchases } from './guest-wallet.ts'

/** More guests than anybody has bought as; the rest is offered once these are claimed. */
const guestsMax = 20

/**
 * Returns the purchases that were made as a guest with this address at Stripe and have credits left, newest first.
 * In the test world nothing is claimed.
 * @param account its verified e-mail, and its world
 */
export async function findClaimable(
  db: DatabaseReader,
  { email, livemode }: AccountName,
): Promise<readonly ClaimablePurchase[]> {
  if (!livemode) return []
  const guests = await db
    .selectFrom('purchases')
    .innerJoin('users', 'users.id', 'purchases.user_id')
    .select('purchases.user_id')
    .select((of) => of.fn.max('purchases.completed_at_ms').as('newest'))
    .where('purchases.email', '=', email)
    .where('purchases.livemode', '=', 1)
    .where('purchases.status', '=', 'complete')
    .where('purchases.claimed_by_user_id', 'is', null)
    .where('users.email', 'is', null)
    .where('users.merged_into_user_id', 'is', null)
    .where('users.deleted_at_ms', 'is', null)
    .groupBy('purchases.user_id')
    .orderBy('newest', 'desc')
    .limit(guestsMax)
    .execute()
  const found: ClaimablePurchase[] = []
  for (const { user_id: guestUserId } of guests) found.push(...(await claimableOf(db, guestUserId, email)))
  return found
}

async function claimableOf(
  db: DatabaseReader,
  guestUserId: string,
  email: string,
): Promise<readonly ClaimablePurchase[]> {
  const purchases = await readGuestPurchases(db, guestUserId)
  const left = allocateClaims(await readWallet(db, guestUserId), purchases, email)
  if (left.size === 0) return []
  const apps = await db.selectFrom('partners').select(['id', 'name']).execute()
  return purchases.flatMap(({ row }) => {
    const credits = left.get(row.id)
    if (credits === undefined) return []
    return [
      {
        purchase_id: row.id,
        app_name: apps.find(({ id }) => id === row.partner_id)?.name ?? '',
        credits: creditsFromMicrocredits(microcredits(credits)),
        amount: row.amount_minor / 10 ** minorUnitDigitsOf(row.currency),
        currency: row.currency,
        purchased_at: Math.floor((row.completed_at_ms ?? row.created_at_ms) / 1000),
      },
    ]
  })
}
