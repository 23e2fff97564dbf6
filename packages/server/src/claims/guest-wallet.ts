import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

/** A paid purchase in a guest's wallet. */
export interface GuestPurchase {
  readonly row: Row<'purchases'>
  /** What it bought, less what refunds and disputes took back. */
  readonly netMicrocredits: number
  readonly isDisputed: boolean
}

/** Returns the complete purchases of a guest that nobody has claimed, newest first. */
export async function readGuestPurchases(db: DatabaseReader, guestUserId: string): Promise<readonly GuestPurchase[]> {
  const rows = await db
    .selectFrom('purchases')
    .selectAll()
    .where('user_id', '=', guestUserId)
    .where('status', '=', 'complete')
    .where('claimed_by_user_id', 'is', null)
    .orderBy('completed_at_ms', 'desc')
    .orderBy('id', 'desc')
    .execute()
  const [refunded, disputed] = [await takenBack(db, 'refunds', rows), await takenBack(db, 'disputes', rows)]
  return rows.map((row) => {
    const inDispute = disputed.get(row.id) ?? 0
    return {
      row,
      netMicrocredits: row.credits_microcredits - (refunded.get(row.id) ?? 0) - inDispute,
      isDisputed: inDispute > 0,
    }
  })
}

async function takenBack(
  db: DatabaseReader,
  kind: 'refunds' | 'disputes',
  purchases: readonly Row<'purchases'>[],
): Promise<ReadonlyMap<string, number>> {
  if (purchases.length === 0) return new Map()
  const rows = await db
    .selectFrom(kind)
    .select('purchase_id')
    .select((of) => of.fn.sum('debited_microcredits').as('debited'))
    .where(
      'purchase_id',
      'in',
      purchases.map(({ id }) => id),
    )
    .groupBy('purchase_id')
    .execute()
  return new Map(rows.map((row) => [row.purchase_id ?? '', Number(row.debited)]))
}

/** Whether an account with this e-mail may have it: Stripe collected the address, and the money has not gone back. */
export function isClaimable(purchase: GuestPurchase, email: string): boolean {
  return purchase.row.email === email && purchase.netMicrocredits > 0 && !purchase.isDisputed
}

/**
 * A wallet is claimed whole where everything in it was bought with one address; a purchase without an address can be
 * claimed by nobody else. Where others have paid into it too, each gets at most what they paid for.
 */
export function isWholeClaim(purchases: readonly GuestPurchase[], email: string): boolean {
  return purchases.every(
    ({ row, netMicrocredits }) => row.email === email || row.email === null || netMicrocredits <= 0,
  )
}

/**
 * What is left of each purchase that this address may claim: credits are spent oldest first, so what is in the wallet
 * belongs to the newest purchases.
 */
export function allocateClaims(
  wallet: { readonly postedMicrocredits: number; readonly heldMicrocredits: number },
  purchases: readonly GuestPurchase[],
  email: string,
): ReadonlyMap<string, number> {
  const isWhole = isWholeClaim(purchases, email)
  let left = isWhole ? wallet.postedMicrocredits : wallet.postedMicrocredits - wallet.heldMicrocredits
  const allocated = new Map<string, number>()
  for (const purchase of purchases.filter((one) => isClaimable(one, email))) {
    const amount = Math.max(0, Math.min(left, purchase.netMicrocredits))
    if (amount > 0) allocated.set(purchase.row.id, amount)
    left -= amount
  }
  return allocated
}
