import { issueUserKey } from '../keys/issue-key.ts'
import type { Pepper } from '../keys/pepper.ts'
import { checkLoginCode, useLoginCode } from '../sessions/login-code.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { findOrCreateAccount, findUser } from '../users/find-user.ts'
import { mergeGuest } from '../users/merge-guest.ts'

export interface SignedIn {
  readonly userId: string
  readonly email: string
  /** A new key for this user and the partner whose page asked for the code. */
  readonly secret: string
}

/**
 * Signs in with a mailed code: finds or makes the account, moves the caller's guest into it, issues a key. All of it
 * in one transaction, the use of the code included.
 * @throws AppError `invalid_request` for a wrong, used or expired code.
 */
export async function signIn(
  deps: { readonly db: Database; readonly pepper: Pepper },
  attempt: { readonly loginId: string; readonly code: string; readonly callerUserId: string | null },
  nowMs: number,
): Promise<SignedIn> {
  const login = await checkLoginCode(deps.db, deps.pepper, attempt, nowMs)
  return transact(deps.db, async (transaction) => {
    await useLoginCode(transaction, login.id, nowMs)
    const userId = await findOrCreateAccount(transaction, login.email, nowMs)
    const caller = attempt.callerUserId === null ? null : await findUser(transaction, attempt.callerUserId)
    if (caller !== null && caller.email === null && caller.id !== userId) {
      await mergeGuest(transaction, { guestUserId: caller.id, accountUserId: userId }, nowMs)
    }
    const key = await issueUserKey(
      transaction,
      deps.pepper,
      { userId, partnerId: login.partner_id, source: 'login' },
      nowMs,
    )
    return { userId, email: login.email, secret: key.secret }
  })
}
