import type { InvitationRequest } from '@opencredits/protocol'
import { AppError } from '../kernel/app-error.ts'
import { newId } from '../kernel/ids.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { queueMail } from '../users/mail/outbox.ts'
import { hashInvitationToken, invitationLifetimeMs, invitationToken } from './invitation-token.ts'
import { type ActingMember, lockManagedApp, recordMemberAct } from './own-app.ts'

export type InvitationRow = Row<'partner_invitations'>

/** Members and open invitations of one app together. */
const seatsMax = 100

interface Invitation {
  readonly by: ActingMember
  readonly pepper: Pepper
  /** Its address normalised. */
  readonly invitation: InvitationRequest
}

/**
 * Invites an address, by mail. One that was invited before and has let its seven days pass is invited anew.
 * @throws AppError 409 for a member, and for an address whose invitation is still open
 */
export async function inviteMember(
  transaction: DatabaseTransaction,
  { by, pepper, invitation: { email, role } }: Invitation,
  nowMs: number,
): Promise<InvitationRow> {
  await lockManagedApp(transaction, by)
  await refuseMember(transaction, by.appId, email)
  const open = await openInvitations(transaction, by.appId)
  const before = open.find((one) => one.email === email)
  if (before !== undefined && before.expires_at_ms > nowMs)
    throw new AppError(
      'conflict',
      'email: this address is invited already. Send that invitation again, or withdraw it.',
      {
        param: 'email',
      },
    )
  if (before !== undefined) await endInvitation(transaction, before.id, nowMs)
  if (open.length + (await countMembers(transaction, by.appId)) >= seatsMax)
    throw new AppError('conflict', `An app has at most ${seatsMax} members and invitations. Remove some first.`)
  const id = newId('inv')
  const row = await transaction
    .insertInto('partner_invitations')
    .values({
      ...{ id, partner_id: by.appId, email, role, mails: 1, invited_by_user_id: by.userId },
      token_hash: hashInvitationToken(pepper, invitationToken(pepper, id, 1)),
      ...{ created_at_ms: nowMs, sent_at_ms: nowMs, expires_at_ms: nowMs + invitationLifetimeMs },
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await queueMail(transaction, { kind: 'invitation', invitationId: id, mails: 1 }, nowMs)
  const target = { kind: 'invitation', id }
  await recordMemberAct(transaction, by, { action: 'member.invited', target, after: { role } }, nowMs)
  return row
}

interface OwnInvitation {
  readonly by: ActingMember
  readonly invitationId: string
}

/** Sends an open invitation again, with seven more days and a new link. @throws AppError 404 */
export async function resendInvitation(
  transaction: DatabaseTransaction,
  { by, invitationId, pepper }: OwnInvitation & { readonly pepper: Pepper },
  nowMs: number,
): Promise<InvitationRow> {
  await lockManagedApp(transaction, by)
  const { id, mails: sent } = await findOpen(transaction, { by, invitationId })
  const mails = sent + 1
  const row = await transaction
    .updateTable('partner_invitations')
    .set({
      ...{ mails, token_hash: hashInvitationToken(pepper, invitationToken(pepper, id, mails)) },
      ...{ sent_at_ms: nowMs, expires_at_ms: nowMs + invitationLifetimeMs },
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await queueMail(transaction, { kind: 'invitation', invitationId: id, mails }, nowMs)
  const target = { kind: 'invitation', id }
  await recordMemberAct(transaction, by, { action: 'invitation.sent_again', target }, nowMs)
  return row
}

/** Ends an open invitation: its link opens nothing more. @throws AppError 404 */
export async function withdrawInvitation(
  transaction: DatabaseTransaction,
  of: OwnInvitation,
  nowMs: number,
): Promise<void> {
  await lockManagedApp(transaction, of.by)
  const { id } = await findOpen(transaction, of)
  await endInvitation(transaction, id, nowMs)
  const target = { kind: 'invitation', id }
  await recordMemberAct(transaction, of.by, { action: 'invitation.withdrawn', target }, nowMs)
}

/** Neither accepted nor withdrawn, the newest first. */
export function openInvitations(db: DatabaseReader, appId: string): Promise<readonly InvitationRow[]> {
  return db
    .selectFrom('partner_invitations')
    .selectAll()
    .where('partner_id', '=', appId)
    .where('accepted_at_ms', 'is', null)
    .where('withdrawn_at_ms', 'is', null)
    .orderBy('created_at_ms', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

async function findOpen(db: DatabaseReader, { by, invitationId }: OwnInvitation): Promise<InvitationRow> {
  const found = (await openInvitations(db, by.appId)).find(({ id }) => id === invitationId)
  if (found === undefined)
    throw new AppError('not_found', 'There is no such open invitation: it was accepted or withdrawn, or never existed.')
  return found
}

async function endInvitation(transaction: DatabaseTransaction, id: string, nowMs: number): Promise<void> {
  await transaction.updateTable('partner_invitations').set({ withdrawn_at_ms: nowMs }).where('id', '=', id).execute()
}

async function refuseMember(db: DatabaseReader, appId: string, email: string): Promise<void> {
  const member = await db
    .selectFrom('partner_members')
    .innerJoin('users', 'users.id', 'partner_members.user_id')
    .select('users.id')
    .where('partner_members.partner_id', '=', appId)
    .where('users.email', '=', email)
    .executeTakeFirst()
  if (member !== undefined)
    throw new AppError('conflict', 'email: this address is a member already. Change its role instead.', {
      param: 'email',
    })
}

async function countMembers(db: DatabaseReader, appId: string): Promise<number> {
  const { count } = await db
    .selectFrom('partner_members')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('partner_id', '=', appId)
    .executeTakeFirstOrThrow()
  return Number(count)
}
