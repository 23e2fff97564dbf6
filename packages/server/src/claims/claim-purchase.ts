import { type Act, recordAct } from '../audit-log/record-act.ts'
import { AppError } from '../kernel/app-error.ts'
import { creditsFromMicrocredits, type Microcredits, microcredits } from '../kernel/microcredits.ts'
import { readWallet } from '../ledger/balance.ts'
import { moveCredits } from '../ledger/move-credits.ts'
import { claimTransferId } from '../ledger/move-wallet.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { recordGuestMove } from '../users/guest-move.ts'
import { mergeGuest } from '../users/merge-guest.ts'
import { allocateClaims, type GuestPurchase, isClaimable, isWholeClaim, readGuestPurchases } from './guest-wallet.ts'

export interface Claim {
  readonly purchaseId: string
  /** The account's, just verified by a code or by a link that only its mailbox has. */
  readonly email: string
  readonly accountUserId: string
  readonly by: Pick<Act, 'requestId' | 'address'>
}

export interface ClaimedPurchases {
  readonly purchaseIds: readonly string[]
  readonly movedMicrocredits: Microcredits
}

/**
 * Moves what is left of a guest's purchase to the account of the address that Stripe collected with the payment. A wallet
 * that only this address paid into is merged whole: calls in flight, other purchases and the history come along, and the
 * guest's keys live on as after a sign-in. From a wallet that others have paid into, too, at most the purchase's own
 * credits are taken, and none that a call holds.
 * @throws AppError 404 `not_found` for a purchase that is not this address's; 409 `claim_refused` where it has been
 * claimed, disputed or refunded, or where nothing is left
 */
export async function claimPurchase(
  transaction: DatabaseTransaction,
  claim: Claim,
  nowMs: number,
): Promise<ClaimedPurchases> {
  const row = await transaction
    .selectFrom('purchases')
    .selectAll()
    .where('id', '=', claim.purchaseId)
    // Test purchases are nobody's to claim.
    .where('livemode', '=', 1)
    .executeTakeFirst()
  if (row === undefined || row.email !== claim.email || row.status !== 'complete')
    throw new AppError('not_found', 'There is no purchase of this e-mail address with this id.')
  if (!(await lockGuest(transaction, row.user_id))) throw refused(alreadyText)
  await lockPurchases(transaction, row.user_id)
  const purchases = await readGuestPurchases(transaction, row.user_id)
  const purchase = purchases.find((one) => one.row.id === row.id)
  if (purchase === undefined) throw refused(alreadyText)
  if (!isClaimable(purchase, claim.email)) throw refused(takenBackText)
  const claimed = isWholeClaim(purchases, claim.email)
    ? await claimWhole(transaction, { claim, purchase, purchases }, nowMs)
    : await claimPart(transaction, { claim, purchase }, nowMs)
  if (claimed === null) throw refused(nothingLeftText)
  await markClaimed(transaction, claim, claimed.purchaseIds, nowMs)
  const act = {
    actor: { kind: 'user', id: claim.accountUserId },
    action: 'purchase.claimed',
    target: { kind: 'purchase', id: row.id },
    userId: claim.accountUserId,
    after: {
      credits: creditsFromMicrocredits(claimed.movedMicrocredits),
      purchases: claimed.purchaseIds,
      guest_user_id: row.user_id,
    },
    ...claim.by,
  } as const
  await recordAct(transaction, act, nowMs)
  return claimed
}

const alreadyText = 'This purchase has been added to an account already.'
const takenBackText = 'This purchase was refunded or is disputed, so it cannot be added to an account.'
const nothingLeftText = 'Nothing is left of this purchase, or a call is using it right now. Try again in a minute.'

function refused(message: string): AppError {
  return new AppError('claim_refused', message)
}

/** A write that changes nothing: claims, and a sign-in with the guest's key, take turns. False for who is no guest any more. */
async function lockGuest(transaction: DatabaseTransaction, userId: string): Promise<boolean> {
  const locked = await transaction
    .updateTable('users')
    .set((of) => ({ created_at_ms: of.ref('created_at_ms') }))
    .where('id', '=', userId)
    .where('email', 'is', null)
    .where('merged_into_user_id', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return locked !== undefined
}

/** A refund or a dispute that is being recorded is waited for, and then seen. */
async function lockPurchases(transaction: DatabaseTransaction, userId: string): Promise<void> {
  await transaction
    .updateTable('purchases')
    .set((of) => ({ status: of.ref('status') }))
    .where('user_id', '=', userId)
    .execute()
}

async function claimWhole(
  transaction: DatabaseTransaction,
  { claim, purchase, purchases }: { claim: Claim; purchase: GuestPurchase; purchases: readonly GuestPurchase[] },
  nowMs: number,
): Promise<ClaimedPurchases | null> {
  const guestUserId = purchase.row.user_id
  if (allocateClaims(await readWallet(transaction, guestUserId), purchases, claim.email).size === 0) return null
  const { accountUserId } = claim
  await mergeGuest(transaction, { guestUserId, accountUserId, claimedPurchaseId: purchase.row.id }, nowMs)
  const transfer = await transaction
    .selectFrom('transfers')
    .select('amount_microcredits')
    .where('id', '=', claimTransferId(purchase.row.id))
    .executeTakeFirst()
  return {
    purchaseIds: purchases.map(({ row }) => row.id),
    movedMicrocredits: microcredits(transfer?.amount_microcredits ?? 0),
  }
}

async function claimPart(
  transaction: DatabaseTransaction,
  { claim, purchase }: { claim: Claim; purchase: GuestPurchase },
  nowMs: number,
): Promise<ClaimedPurchases | null> {
  const { id: claimedPurchaseId, user_id: guestUserId } = purchase.row
  const { accountUserId } = claim
  const microcreditsMax = microcredits(purchase.netMicrocredits)
  const move = { fromUserId: guestUserId, toUserId: accountUserId, livemode: true, claimedPurchaseId, microcreditsMax }
  const movedMicrocredits = await moveCredits(transaction, move, nowMs)
  if (movedMicrocredits === 0) return null
  const moved = { guestUserId, accountUserId, postedMicrocredits: movedMicrocredits }
  await recordGuestMove(transaction, { id: claimTransferId(claimedPurchaseId), ...moved }, claimedPurchaseId)
  return { purchaseIds: [claimedPurchaseId], movedMicrocredits }
}

/** From now on refunds and disputes of the purchase take from the account what came to it. */
async function markClaimed(
  transaction: DatabaseTransaction,
  claim: Claim,
  purchaseIds: readonly string[],
  nowMs: number,
): Promise<void> {
  await transaction
    .updateTable('purchases')
    .set({ user_id: claim.accountUserId, claimed_by_user_id: claim.accountUserId, claimed_at_ms: nowMs })
    .where('id', 'in', purchaseIds)
    .execute()
}
