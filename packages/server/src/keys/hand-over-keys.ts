import { sql } from 'kysely'
import type { Microcredits } from '../kernel/microcredits.ts'
import { mergedBudgetId } from '../ledger/move-wallet.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { joinConsents } from './join-consents.ts'
import { lockUser } from './lock-user.ts'
import { endKeys } from './revoke-key.ts'

export interface GuestMerge {
  readonly guestUserId: string
  readonly accountUserId: string
  /** What moved with the guest, and may be spent with its keys. */
  readonly broughtMicrocredits: Microcredits
}

/**
 * Hands a merged guest's keys to the account: nobody knows who else has noted them, so all together they spend what the
 * guest brought along and no more. A key with a smaller budget of its own keeps what is left of it. Where nothing came
 * along, they end. Where the user has allowed the app something, that limit holds for them, too.
 */
export async function handOverKeys(transaction: DatabaseTransaction, merge: GuestMerge, nowMs: number): Promise<void> {
  const { guestUserId, accountUserId, broughtMicrocredits: brought } = merge
  if (brought <= 0) await endKeys(transaction, { userId: guestUserId }, nowMs)
  const spent = sql<number>`coalesce((select spent_microcredits + held_microcredits from key_windows
    where key_windows.budget_id = keys.id and key_windows.window_start_ms = 0), 0)`
  const own = sql<number>`(budget_microcredits - case when budget_window = 'total' then ${spent} else 0 end)`
  await transaction
    .updateTable('keys')
    .set({
      user_id: accountUserId,
      budget_id: mergedBudgetId(guestUserId),
      budget_window: 'total',
      budget_microcredits: sql`case when budget_microcredits is null or ${own} > ${brought} then ${brought}
        when ${own} < 0 then 0 else ${own} end`,
    })
    .where('user_id', '=', guestUserId)
    .execute()
  await lockUser(transaction, accountUserId)
  await joinConsents(transaction, accountUserId, nowMs)
}
