import { AppError } from '../kernel/app-error.ts'
import { lockUser } from '../keys/lock-user.ts'
import { writeSettings } from '../partners/write-settings.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { lockApp } from './own-app.ts'

/**
 * Ends all memberships of an account that is erased, and takes its address out of apps and invitations.
 * @throws AppError 409 for the owner of an app that is neither closed nor rejected: somebody has to answer for it
 */
export async function leaveAllApps(
  transaction: DatabaseTransaction,
  { userId, email }: { readonly userId: string; readonly email: string | null },
  nowMs: number,
): Promise<void> {
  await lockUser(transaction, userId)
  const memberships = transaction.selectFrom('partner_members').selectAll().where('user_id', '=', userId)
  const appIds = (await memberships.orderBy('partner_id').execute()).map(({ partner_id: id }) => id)
  for (const appId of appIds) {
    const app = await lockApp(transaction, appId)
    // Read again: the ownership may have been handed over meanwhile.
    const member = await memberships.where('partner_id', '=', appId).executeTakeFirst()
    if (member?.role !== 'owner') continue
    if (app.state !== 'closed' && app.state !== 'rejected')
      throw new AppError(
        'conflict',
        `You own the app ${app.name} (${appId}). Hand it over to another member or close it first, at /partner.`,
      )
    await writeSettings(transaction, appId, { columns: { email: '' } }, nowMs)
  }
  await transaction.deleteFrom('partner_members').where('user_id', '=', userId).execute()
  await transaction
    .updateTable('partner_invitations')
    .set((of) => ({ email: '', withdrawn_at_ms: of.fn.coalesce('withdrawn_at_ms', of.val(nowMs)) }))
    .where((of) => of.or([of('email', '=', email ?? ''), of('invited_by_user_id', '=', userId)]))
    .where('email', '<>', '')
    .where('accepted_at_ms', 'is', null)
    .execute()
  if (email !== null)
    await transaction.updateTable('partner_invitations').set({ email: '' }).where('email', '=', email).execute()
}
