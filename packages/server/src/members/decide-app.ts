import { recordAct } from '../audit-log/record-act.ts'
import { AppError } from '../kernel/app-error.ts'
import type { AppState } from '../partners/app-state.ts'
import { writeAppState } from '../partners/write-app-state.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { queueMail } from '../users/mail/outbox.ts'
import { type ActingMember, lockApp, lockOwnApp, recordMemberAct, requireOwner } from './own-app.ts'

export type Decision = 'approve' | 'reject' | 'suspend' | 'resume'

/** From which states the operator's decision leads where. */
const decisions: Readonly<Record<Decision, { readonly from: readonly AppState[]; readonly to: AppState }>> = {
  approve: { from: ['pending', 'rejected'], to: 'approved' },
  reject: { from: ['pending'], to: 'rejected' },
  suspend: { from: ['approved'], to: 'suspended' },
  resume: { from: ['suspended', 'closed'], to: 'approved' },
}

interface OperatorDecision {
  readonly appId: string
  readonly decision: Decision
  /** For the owner, by mail and in the console; null for none. */
  readonly reason: string | null
}

/** Carries out the operator's decision about an app, and mails its owner. @throws AppError 409 in another state, 404 */
export async function decideApp(
  transaction: DatabaseTransaction,
  { appId, decision, reason }: OperatorDecision,
  nowMs: number,
): Promise<AppState> {
  const { state: before, kind, livemode } = await lockApp(transaction, appId)
  if (kind !== 'app' || livemode !== 1) throw new AppError('not_found', `There is no app ${appId}.`)
  const { from, to: state } = decisions[decision]
  if (!from.includes(before))
    throw new AppError(
      'conflict',
      `${appId} is ${before}. Only an app that is ${from.join(' or ')} can be ${pastOf[decision]}.`,
    )
  await writeAppState(transaction, { appId, state, reason }, nowMs)
  const act = { action: `app.${pastOf[decision]}`, target: { kind: 'app', id: appId }, userId: null, partnerId: appId }
  const changed = { before: { state: before }, after: { state }, reason }
  await recordAct(transaction, { ...act, ...changed, actor: { kind: 'cli', id: null } }, nowMs)
  await queueMail(transaction, { kind: 'app_state', partnerId: appId, atMs: nowMs }, nowMs)
  return state
}

export const pastOf: Readonly<Record<Decision, string>> = {
  approve: 'approved',
  reject: 'rejected',
  suspend: 'suspended',
  resume: 'resumed',
}

/**
 * Closes an app by its owner's will, an application that still waits too. It sells and calls no more; its users keep their
 * credits, and what it has earned is still paid. Only the operator opens it again.
 * @throws AppError 403 `insufficient_scope` for anybody but the owner, 409 for one that is closed
 */
export async function closeApp(transaction: DatabaseTransaction, by: ActingMember, nowMs: number): Promise<void> {
  const { app, member } = await lockOwnApp(transaction, by)
  requireOwner(member.role)
  if (app.state === 'closed') throw new AppError('conflict', 'The app is closed already.')
  // An operator who resumes it must not undo a suspension without knowing of it.
  const reason = app.state === 'suspended' ? app.state_reason : null
  await writeAppState(transaction, { appId: by.appId, state: 'closed', reason }, nowMs)
  const act = { action: 'app.closed', target: { kind: 'app', id: by.appId }, before: { state: app.state } }
  await recordMemberAct(transaction, by, act, nowMs)
}
