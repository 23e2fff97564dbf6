import { type InvitedRole, memberPermissions } from '@opencredits/protocol'
import { AppError } from '../kernel/app-error.ts'
import { writeSettings } from '../partners/write-settings.ts'
import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import { findUser } from '../users/find-user.ts'
import { type ActingMember, lockManagedApp, lockOwnApp, recordMemberAct, requireOwner } from './own-app.ts'

interface OtherMember {
  readonly by: ActingMember
  readonly memberId: string
}

/**
 * Gives a member another role, one's own too. Who may invite nobody any more has no open invitations either.
 * @throws AppError 404, 409 for the owner
 */
export async function changeRole(
  transaction: DatabaseTransaction,
  change: OtherMember & { readonly role: InvitedRole },
  nowMs: number,
): Promise<void> {
  const { by, memberId, role } = change
  await lockManagedApp(transaction, by)
  const member = await findMember(transaction, by.appId, memberId)
  refuseOwner(member.role)
  await transaction
    .updateTable('partner_members')
    .set({ role, updated_at_ms: nowMs })
    .where('id', '=', memberId)
    .execute()
  if (!memberPermissions[role].includes('members:write'))
    await withdrawInvitationsOf(transaction, { appId: by.appId, userId: member.user_id }, nowMs)
  const act = { action: 'member.role_changed', target: { kind: 'member', id: memberId } }
  await recordMemberAct(transaction, by, { ...act, before: { role: member.role }, after: { role } }, nowMs)
}

/** Ends a membership at once, with the open invitations that the member has sent. @throws AppError 404, 409 for the owner */
export async function removeMember(
  transaction: DatabaseTransaction,
  { by, memberId }: OtherMember,
  nowMs: number,
): Promise<void> {
  await lockManagedApp(transaction, by)
  const member = await findMember(transaction, by.appId, memberId)
  refuseOwner(member.role)
  await endMembership(transaction, { appId: by.appId, memberId, userId: member.user_id }, nowMs)
  const act = { action: 'member.removed', target: { kind: 'member', id: memberId }, before: { role: member.role } }
  await recordMemberAct(transaction, by, act, nowMs)
}

/** Whatever the app's state: nobody has to stay. @throws AppError 409 for the owner */
export async function leaveApp(transaction: DatabaseTransaction, by: ActingMember, nowMs: number): Promise<void> {
  const { member } = await lockOwnApp(transaction, by)
  refuseOwner(member.role)
  await endMembership(transaction, { appId: by.appId, memberId: member.id, userId: by.userId }, nowMs)
  const act = { action: 'member.left', target: { kind: 'member', id: member.id }, before: { role: member.role } }
  await recordMemberAct(transaction, by, act, nowMs)
}

/**
 * Makes another member the owner; the one before stays as admin. Mails to the app's maker go to the new one from now on. It
 * works whatever the app's state, so that an owner can always go.
 * @throws AppError 403 `insufficient_scope` for who is not the owner, 404
 */
export async function handOver(
  transaction: DatabaseTransaction,
  { by, memberId }: OtherMember,
  nowMs: number,
): Promise<void> {
  const { member: owner } = await lockOwnApp(transaction, by)
  requireOwner(owner.role)
  const next = await findMember(transaction, by.appId, memberId)
  refuseOwner(next.role)
  const email = (await findUser(transaction, next.user_id))?.email
  if (email === null || email === undefined) throw noMember()
  // In this order: an app never has two owners.
  for (const [id, role] of [
    [owner.id, 'admin'],
    [next.id, 'owner'],
  ] as const)
    await transaction.updateTable('partner_members').set({ role, updated_at_ms: nowMs }).where('id', '=', id).execute()
  await writeSettings(transaction, by.appId, { columns: { email } }, nowMs)
  const act = { action: 'member.became_owner', target: { kind: 'member', id: next.id } }
  await recordMemberAct(transaction, by, { ...act, before: { role: next.role } }, nowMs)
}

async function endMembership(
  transaction: DatabaseTransaction,
  { appId, memberId, userId }: { readonly appId: string; readonly memberId: string; readonly userId: string },
  nowMs: number,
): Promise<void> {
  await transaction.deleteFrom('partner_members').where('id', '=', memberId).execute()
  await withdrawInvitationsOf(transaction, { appId, userId }, nowMs)
}

async function withdrawInvitationsOf(
  transaction: DatabaseTransaction,
  { appId, userId }: { readonly appId: string; readonly userId: string },
  nowMs: number,
): Promise<void> {
  await transaction
    .updateTable('partner_invitations')
    .set({ withdrawn_at_ms: nowMs })
    .where('partner_id', '=', appId)
    .where('invited_by_user_id', '=', userId)
    .where('accepted_at_ms', 'is', null)
    .where('withdrawn_at_ms', 'is', null)
    .execute()
}

async function findMember(db: DatabaseReader, appId: string, memberId: string) {
  const member = await db
    .selectFrom('partner_members')
    .selectAll()
    .where('id', '=', memberId)
    .where('partner_id', '=', appId)
    .executeTakeFirst()
  if (member === undefined) throw noMember()
  return member
}

function noMember(): AppError {
  return new AppError('not_found', 'There is no such member of this app.')
}

function refuseOwner(role: string): void {
  if (role !== 'owner') return
  throw new AppError('conflict', 'An app always has one owner. Hand the ownership over first, or close the app.')
}
