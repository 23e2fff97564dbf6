import { type MemberRole, memberPermissions } from '@opencredits/protocol'
import type { Act } from '../audit-log/record-act.ts'
import { recordAct } from '../audit-log/record-act.ts'
import { AppError } from '../kernel/app-error.ts'
import { refuseChange } from '../partners/app-state.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

/** Who acts, on which app, from where. */
export interface ActingMember {
  readonly appId: string
  readonly userId: string
  readonly requestId: string | null
  readonly address: string | null
}

/**
 * Makes changes of an app's members take turns, on either engine, by a write that changes nothing. Whoever locks a user as well
 * does that first. @returns the app as it is now
 */
export async function lockApp(transaction: DatabaseTransaction, appId: string): Promise<Row<'partners'>> {
  return transaction
    .updateTable('partners')
    .set((of) => ({ name: of.ref('name') }))
    .where('id', '=', appId)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/**
 * Locks the app and reads the acting member again: a member who was removed a moment ago changes nothing more.
 * @throws AppError 404 for a former member
 */
export async function lockOwnApp(transaction: DatabaseTransaction, { appId, userId }: ActingMember) {
  const app = await lockApp(transaction, appId)
  const member = await transaction
    .selectFrom('partner_members')
    .selectAll()
    .where('partner_id', '=', appId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  if (member === undefined) throw new AppError('not_found', 'There is no such app of yours.')
  return { app, member }
}

/**
 * The same for changes of members, which owners and admins make in an approved app.
 * @throws AppError 403 `insufficient_scope`, `app_suspended`
 */
export async function lockManagedApp(transaction: DatabaseTransaction, by: ActingMember) {
  const own = await lockOwnApp(transaction, by)
  if (!memberPermissions[own.member.role].includes('members:write'))
    throw new AppError(
      'insufficient_scope',
      `Your role in this app is ${own.member.role} now, which lacks members:write.`,
    )
  refuseChange({ state: own.app.state, isActive: own.app.is_active === 1 }, 'members:write')
  return own
}

/** @throws AppError 403 `insufficient_scope` for anybody else */
export function requireOwner(role: MemberRole): void {
  if (role === 'owner') return
  throw new AppError('insufficient_scope', `Only the owner of the app may do that; your role is ${role}.`)
}

/** Writes down what a member did to the app. The user's own log has it too. */
export function recordMemberAct(
  transaction: DatabaseTransaction,
  by: ActingMember,
  act: Pick<Act, 'action' | 'target' | 'before' | 'after'>,
  nowMs: number,
): Promise<void> {
  const { appId: partnerId, userId, requestId, address } = by
  const actor = { kind: 'user', id: userId } as const
  return recordAct(transaction, { ...act, actor, userId, partnerId, requestId, address }, nowMs)
}
