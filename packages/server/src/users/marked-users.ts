import { creditsFromMicrocredits } from '../kernel/microcredits.ts'
import type { Database, DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { normalizeEmail } from './email-address.ts'

export interface MarkedUser {
  readonly userId: string
  readonly email: string | null
  readonly markedAtMs: number
  readonly requestId: string | null
  /** Calls above their holds; those that are folded into days no longer count. */
  readonly missedCalls: number
  readonly missedCredits: number
  readonly paidByOperatorCredits: number
}

/** Returns the users of the live world who have a mark, newest mark first. */
export async function listMarkedUsers(db: DatabaseReader): Promise<readonly MarkedUser[]> {
  const rows = await db
    .selectFrom('users')
    .leftJoin('requests', (join) =>
      join.onRef('requests.user_id', '=', 'users.id').on('requests.missed_microcredits', '>', 0),
    )
    .select(['users.id', 'users.email', 'users.marked_at_ms', 'users.marked_by_request_id'])
    .select((of) => [
      of.fn.count('requests.id').as('calls'),
      of.fn.sum('requests.missed_microcredits').as('missed'),
      of.fn.sum('requests.shortfall_microcredits').as('shortfall'),
    ])
    .where('users.marked_at_ms', 'is not', null)
    // Test calls cost nobody anything.
    .where('users.livemode', '=', 1)
    .groupBy(['users.id', 'users.email', 'users.marked_at_ms', 'users.marked_by_request_id'])
    .orderBy('users.marked_at_ms', 'desc')
    .execute()
  const credits = (sum: unknown) => creditsFromMicrocredits(BigInt(String(sum ?? 0)))
  return rows.map((row) => ({
    userId: row.id,
    email: row.email,
    markedAtMs: row.marked_at_ms ?? 0,
    requestId: row.marked_by_request_id,
    missedCalls: Number(row.calls),
    missedCredits: credits(row.missed),
    paidByOperatorCredits: credits(row.shortfall),
  }))
}

export interface ClearedMark {
  readonly userId: string
  /** The mark that was removed; null if there was none. */
  readonly mark: { readonly atMs: number; readonly requestId: string | null } | null
}

/**
 * Removes the mark of a user: their calls are held by what they may cost again. Idempotent.
 * @param user `usr_…` or an e-mail address; for a merged guest, the account is used.
 * @returns null for an unknown user.
 */
export function clearMark(db: Database, user: string, nowMs: number): Promise<ClearedMark | null> {
  return transact(db, async (transaction) => {
    const userId = await findMarkable(transaction, user)
    if (userId === null) return null
    // A write that changes nothing locks the row: a call that is settled after this marks the user again.
    const row = await transaction
      .updateTable('users')
      .set((of) => ({ created_at_ms: of.ref('created_at_ms') }))
      .where('id', '=', userId)
      .returningAll()
      .executeTakeFirstOrThrow()
    if (row.marked_at_ms === null) return { userId, mark: null }
    const { newest } = await transaction
      .selectFrom('requests')
      .select((of) => of.fn.max('ended_at_ms').as('newest'))
      .where('user_id', '=', userId)
      .where('missed_microcredits', '>', 0)
      .executeTakeFirstOrThrow()
    await transaction
      .updateTable('users')
      // Not before any call that this clears, even if a server's clock is ahead of ours.
      .set({
        ...{ marked_at_ms: null, marked_by_request_id: null },
        mark_cleared_at_ms: Math.max(nowMs, row.marked_at_ms, Number(newest ?? 0)),
      })
      .where('id', '=', userId)
      .execute()
    return { userId, mark: { atMs: row.marked_at_ms, requestId: row.marked_by_request_id } }
  })
}

async function findMarkable(transaction: DatabaseTransaction, user: string): Promise<string | null> {
  const row = await transaction
    .selectFrom('users')
    .select(['id', 'merged_into_user_id'])
    .where(user.includes('@') ? 'email' : 'id', '=', user.includes('@') ? normalizeEmail(user) : user)
    .orderBy('livemode', 'desc')
    .executeTakeFirst()
  return row === undefined ? null : (row.merged_into_user_id ?? row.id)
}
