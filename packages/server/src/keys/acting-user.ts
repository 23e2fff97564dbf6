import { type Act, recordAct } from '../audit-log/record-act.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'

/** The user who changes keys or consents, and from where: for the audit log. */
export interface ActingUser {
  readonly userId: string
  readonly address?: string | null
  readonly requestId?: string | null
}

/** Writes down what a user did with the own keys or consents. */
export function recordOwnAct(
  transaction: DatabaseTransaction,
  by: ActingUser,
  act: Pick<Act, 'action' | 'target' | 'before' | 'after'>,
  nowMs: number,
): Promise<void> {
  const { userId, address = null, requestId = null } = by
  return recordAct(transaction, { ...act, actor: { kind: 'user', id: userId }, userId, address, requestId }, nowMs)
}
