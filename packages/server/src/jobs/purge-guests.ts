import { sql } from 'kysely'
import { dayMs } from '../kernel/clock.ts'
import type { Database, DatabaseTransaction } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { keptDays } from './purge-expired.ts'

/** Users who are looked at in one transaction. */
const pageUsers = 500

export interface GuestPage {
  readonly purged: number
  /** The last user looked at; null at the end. */
  readonly lastUserId: string | null
}

/**
 * Deletes the guests on one page of users who opened a checkout more than thirty days ago and never paid, with their keys
 * and their unpaid purchases. Whoever has a wallet, a payment under way, a call or a sign-in stays, and so does a payment
 * that Stripe has not given up.
 */
export function purgeGuests(db: Database, afterUserId: string, nowMs: number): Promise<GuestPage> {
  return transact(db, async (transaction) => {
    const page = await transaction
      .selectFrom('users')
      .select('id')
      .where('id', '>', afterUserId)
      .orderBy('id')
      .limit(pageUsers)
      .execute()
    const last = page.at(-1)
    if (last === undefined) return { purged: 0, lastUserId: null }
    const ids = await findUnpaid(transaction, { afterUserId, lastUserId: last.id }, nowMs)
    if (ids.length > 0) await deleteGuests(transaction, ids)
    return { purged: ids.length, lastUserId: page.length < pageUsers ? null : last.id }
  })
}

async function findUnpaid(
  transaction: DatabaseTransaction,
  page: { readonly afterUserId: string; readonly lastUserId: string },
  nowMs: number,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from users
    where id > ${page.afterUserId} and id <= ${page.lastUserId} and created_at_ms < ${nowMs - keptDays * dayMs}
      and email is null and merged_into_user_id is null and deleted_at_ms is null
      and not exists (select 1 from wallets where wallets.user_id = users.id)
      and not exists (select 1 from requests where requests.user_id = users.id and requests.state = 'settled')
      and not exists (select 1 from requests where requests.user_id = users.id and requests.state = 'released')
      and not exists (select 1 from usage_days where usage_days.user_id = users.id)
      and not exists (select 1 from sessions where sessions.user_id = users.id)
      and not exists (select 1 from consents where consents.user_id = users.id)
      and not exists (select 1 from keys where keys.user_id = users.id and keys.source = 'grant')
      and not exists (
        select 1 from purchases where purchases.user_id = users.id
          and (purchases.status not in ('creating', 'expired', 'failed') or purchases.created_at_ms >= ${nowMs - keptDays * dayMs}
            or exists (select 1 from refunds where refunds.purchase_id = purchases.id)
            or exists (select 1 from disputes where disputes.purchase_id = purchases.id)))`.execute(transaction)
  return rows.map(({ id }) => id)
}

async function deleteGuests(transaction: DatabaseTransaction, ids: readonly string[]): Promise<void> {
  // The log itself is never shortened; where somebody was is taken out.
  await transaction.updateTable('audit_log').set({ address: null }).where('user_id', 'in', ids).execute()
  await transaction
    .deleteFrom('test_payments')
    .where('purchase_id', 'in', (of) => of.selectFrom('purchases').select('id').where('user_id', 'in', ids))
    .execute()
  for (const table of ['purchases', 'keys', 'partner_users'] as const)
    await transaction.deleteFrom(table).where('user_id', 'in', ids).execute()
  await transaction.deleteFrom('users').where('id', 'in', ids).execute()
}
