import { AppError } from '../kernel/app-error.ts'
import { newId } from '../kernel/ids.ts'
import { lockUser } from '../keys/lock-user.ts'
import type { Pepper } from '../keys/pepper.ts'
import { refuseChange } from '../partners/app-state.ts'
import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import { findUser } from '../users/find-user.ts'
import { hashInvitationToken } from './invitation-token.ts'
import type { InvitationRow } from './invite-member.ts'
import { lockApp, recordMemberAct } from './own-app.ts'

export interface InvitationUse {
  readonly token: string
  readonly pepper: Pepper
  /** Who is signed in. */
  readonly account: { readonly userId: string; readonly email: string }
  readonly requestId: string | null
  readonly address: string | null
}

/**
 * The open invitation of a link, for the account whose address it was sent to.
 * @throws AppError 404 for one that is used, withdrawn, too old or unknown; 403 `session_required` for another account
 */
export async function findInvitation(
  db: DatabaseReader,
  { token, pepper, account }: Pick<InvitationUse, 'token' | 'pepper' | 'account'>,
  nowMs: number,
): Promise<InvitationRow> {
  const row = await db
    .selectFrom('partner_invitations')
    .selectAll()
    .where('token_hash', '=', hashInvitationToken(pepper, token))
    .where('accepted_at_ms', 'is', null)
    .where('withdrawn_at_ms', 'is', null)
    .where('expires_at_ms', '>', nowMs)
    .executeTakeFirst()
  if (row === undefined)
    throw new AppError(
      'not_found',
      'This invitation was used or withdrawn, is older than seven days, or its link is not complete. Ask for a new one.',
      { param: 'token' },
    )
  if (row.email === account.email) return row
  throw new AppError(
    'session_required',
    'This invitation is for another address. Sign in with the address to which it was sent.',
  )
}

/**
 * Makes the account a member, once. A member of before keeps the role.
 * @returns the app's id
 * @throws AppError as `findInvitation`; 403 `app_suspended` for an app that cannot be changed
 */
export async function acceptInvitation(
  transaction: DatabaseTransaction,
  use: InvitationUse,
  nowMs: number,
): Promise<string> {
  const { userId } = use.account
  await lockUser(transaction, userId)
  if ((await findUser(transaction, userId))?.email !== use.account.email)
    throw new AppError('not_signed_in', 'The account is closed. Sign in again.')
  const { partner_id: appId } = await findInvitation(transaction, use, nowMs)
  const app = await lockApp(transaction, appId)
  refuseChange({ state: app.state, isActive: app.is_active === 1 }, 'members:write')
  // Two at once: the second one finds it used.
  const { id: invitationId, role } = await findInvitation(transaction, use, nowMs)
  await transaction
    .updateTable('partner_invitations')
    .set({ accepted_at_ms: nowMs })
    .where('id', '=', invitationId)
    .execute()
  const id = newId('mem')
  await transaction
    .insertInto('partner_members')
    .values({ id, partner_id: appId, user_id: userId, role, created_at_ms: nowMs, updated_at_ms: nowMs })
    .onConflict((conflict) => conflict.columns(['partner_id', 'user_id']).doNothing())
    .execute()
  const { requestId, address } = use
  const act = { action: 'member.joined', target: { kind: 'invitation', id: invitationId }, after: { role } }
  await recordMemberAct(transaction, { appId, userId, requestId, address }, act, nowMs)
  return appId
}
