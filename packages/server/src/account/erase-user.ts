import { type Act, recordAct } from '../audit-log/record-act.ts'
import { eraseFiles } from '../files/purge-rows.ts'
import { AppError } from '../kernel/app-error.ts'
import { dayMs } from '../kernel/clock.ts'
import { creditsFromMicrocredits, microcredits, microcreditsPerCredit } from '../kernel/microcredits.ts'
import { forgetKeys } from '../keys/forget-keys.ts'
import { readWallet } from '../ledger/balance.ts'
import { leaveAllApps } from '../members/leave-all-apps.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { findUser } from '../users/find-user.ts'
import { recordEvent } from '../webhook-events/record-event.ts'
import { eraseBatches } from './erase-batches.ts'

/** From so much on, nobody is erased without saying that the credits may go. */
export const forfeitFromMicrocredits = microcredits(100 * microcreditsPerCredit)

export interface Erasure {
  readonly userId: string
  /** The credits that are left may go. */
  readonly isForfeiting: boolean
  /** Who erases: the user, or an operator. */
  readonly by: Pick<Act, 'actor' | 'requestId' | 'reason'>
}

/**
 * Erases a person's account, and the user that the same e-mail has in the test world: it is the person's address, whoever
 * signed in with it there. Test credits are in nobody's way.
 * @throws AppError as `eraseUser`
 */
export async function erasePerson(transaction: DatabaseTransaction, erasure: Erasure, nowMs: number): Promise<void> {
  const user = await findUser(transaction, erasure.userId)
  await eraseUser(transaction, erasure, nowMs)
  if (user === null || user.email === null || user.livemode !== 1) return
  const test = await transaction
    .selectFrom('users')
    .select('id')
    .where('email', '=', user.email)
    .where('livemode', '=', 0)
    .executeTakeFirst()
  if (test !== undefined) await eraseUser(transaction, { ...erasure, userId: test.id, isForfeiting: true }, nowMs)
}

/**
 * Erases a user: keys and sessions end, passkeys and files go, and the e-mail and every address are taken out wherever they are
 * kept. The ledger, calls and purchases stay under the user's id, which no longer leads to anybody. One transaction.
 * @throws AppError 409 `conflict` for the owner of an app; 409 `balance_remaining` from 100 credits on, or with a payment under way, unless the user forfeits them
 */
export async function eraseUser(transaction: DatabaseTransaction, erasure: Erasure, nowMs: number): Promise<void> {
  const { userId, by } = erasure
  const user = await findUser(transaction, userId)
  if (user === null || user.deleted_at_ms !== null) throw new AppError('not_found', 'There is no such user.')
  await leaveAllApps(transaction, { userId, email: user.email }, nowMs)
  if (!erasure.isForfeiting) await refuseRemaining(transaction, userId)
  const keysEnded = await forgetKeys(transaction, userId, nowMs)
  await endAccess(transaction, userId, nowMs)
  await eraseFiles(transaction, userId, nowMs - dayMs)
  await forgetAddresses(transaction, { userId, email: user.email, livemode: user.livemode === 1 })
  await eraseFormerGuests(transaction, userId)
  await transaction
    .updateTable('users')
    .set({ email: null, locale: null, deleted_at_ms: nowMs })
    .where('id', '=', userId)
    .execute()
  const act = { action: 'account.deleted', target: { kind: 'user', id: userId }, after: { keys_ended: keysEnded } }
  await recordAct(transaction, { ...act, ...by, userId }, nowMs)
}

async function refuseRemaining(transaction: DatabaseTransaction, userId: string): Promise<void> {
  const { postedMicrocredits } = await readWallet(transaction, userId)
  if (postedMicrocredits >= forfeitFromMicrocredits)
    throw new AppError(
      'balance_remaining',
      `There are ${creditsFromMicrocredits(postedMicrocredits)} credits left, which would be lost. Use them first, or send forfeit: true.`,
      { param: 'forfeit' },
    )
  const paying = await transaction
    .selectFrom('purchases')
    .select('id')
    .where('user_id', '=', userId)
    .where('status', '=', 'processing')
    .executeTakeFirst()
  if (paying !== undefined)
    throw new AppError(
      'balance_remaining',
      `The payment ${paying.id} is still under way, and its credits would be lost. Wait until it has come, or send forfeit: true.`,
      { param: 'forfeit' },
    )
}

async function endAccess(transaction: DatabaseTransaction, userId: string, nowMs: number): Promise<void> {
  await transaction
    .updateTable('sessions')
    .set((of) => ({
      ended_at_ms: of.fn.coalesce('ended_at_ms', of.val(nowMs)),
      ...{ address: null, user_agent: null },
    }))
    .where('user_id', '=', userId)
    .execute()
  const withdrawn = await transaction
    .updateTable('consents')
    .set({ withdrawn_at_ms: nowMs, updated_at_ms: nowMs })
    .where('user_id', '=', userId)
    .where('withdrawn_at_ms', 'is', null)
    .returning(['id', 'partner_id'])
    .execute()
  for (const { id: cause, partner_id: partnerId } of withdrawn)
    await recordEvent(
      transaction,
      { type: 'user.disconnected', partnerId, userId, cause, data: { reason: 'account_deleted' } },
      nowMs,
    )
  for (const table of [
    ...(['passkeys', 'passkey_challenges', 'known_devices'] as const),
    ...(['consent_requests', 'notification_settings'] as const),
  ])
    await transaction.deleteFrom(table).where('user_id', '=', userId).execute()
}

/** What stayed in the name of the guests whom the user was. */
async function eraseFormerGuests(transaction: DatabaseTransaction, userId: string): Promise<void> {
  const guests = await transaction.selectFrom('users').select('id').where('merged_into_user_id', '=', userId).execute()
  const userIds = [userId, ...guests.map(({ id }) => id)]
  await eraseBatches(transaction, userIds)
  await transaction.updateTable('audit_log').set({ address: null }).where('user_id', 'in', userIds).execute()
}

/**
 * A guest's purchase that was paid with this e-mail keeps its credits, but can no longer be claimed by it. Whoever erases a
 * test user takes nothing from the account of the same e-mail.
 */
async function forgetAddresses(
  transaction: DatabaseTransaction,
  user: { readonly userId: string; readonly email: string | null; readonly livemode: boolean },
): Promise<void> {
  const { userId, email, livemode } = user
  // Mails that wait to be sent: some say from where a browser signed in.
  await transaction.deleteFrom('mail_outbox').where('content', 'like', `%"${userId}"%`).execute()
  const own = transaction.selectFrom('purchases').select('id').where('user_id', '=', userId)
  await transaction.deleteFrom('claim_links').where('purchase_id', 'in', own).execute()
  await transaction
    .updateTable('purchases')
    .set({ email: null })
    .where((of) => of.or([of('user_id', '=', userId), of('claimed_by_user_id', '=', userId)]))
    .execute()
  // What was typed on the built-in page, paid or not.
  await transaction
    .updateTable('test_payments')
    .set({ email: null })
    .where((of) => of.or([of('purchase_id', 'in', own), of('email', '=', email)]))
    .execute()
  if (email === null) return
  const testApps = transaction.selectFrom('partners').select('id').where('livemode', '=', 0)
  await transaction
    .deleteFrom('login_codes')
    .where('email', '=', email)
    .$if(!livemode, (codes) => codes.where('partner_id', 'in', testApps))
    .execute()
  await transaction
    .updateTable('purchases')
    .set({ email: null })
    .where('email', '=', email)
    .$if(!livemode, (purchases) => purchases.where('livemode', '=', 0))
    .execute()
  // Only live purchases are claimed.
  if (livemode) await transaction.deleteFrom('claim_links').where('email', '=', email).execute()
}
