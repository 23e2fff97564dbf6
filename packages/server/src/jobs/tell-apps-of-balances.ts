import { statusOf } from '../keys/describe-key.ts'
import { expiryMsOf } from '../keys/key-expiry.ts'
import { budgetOf, type KeyRow, nowOfKey, readKeysOfUser } from '../keys/read-key.ts'
import { readBudgetLeft } from '../keys/read-spendable.ts'
import type { Database, DatabaseReader } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { defaultNotifications } from '../users/notification-settings.ts'
import { creditsData } from '../webhook-events/event-data.ts'
import { recordEvent } from '../webhook-events/record-event.ts'
import { decideBalanceMail, type ToldBalances } from './balance-mail.ts'
import type { Movement } from './tell-balances.ts'

/**
 * Tells apps that the credits of a user of theirs run low, guests too: those with a live key, and only what the app's own
 * limit leaves. When it is told, and when again, is as for the mails; a user who wants no mails is no reason not to.
 */
export async function tellAppsOfBalances(db: Database, moved: readonly Movement[], nowMs: number): Promise<void> {
  const byUser = new Map(moved.map((one) => [one.user_id, one]))
  for (const wallet of await findWallets(db, [...byUser.keys()])) {
    const movement = byUser.get(wallet.user_id)
    if (movement === undefined) continue
    const look = {
      postedMicrocredits: wallet.posted_microcredits,
      debitedMicrocredits: Number(movement.debited),
      creditedAtMs: movement.credited_at_ms === null ? null : Number(movement.credited_at_ms),
    }
    const before = { lowToldAtMs: wallet.low_told_at_ms, emptyToldAtMs: wallet.empty_told_at_ms }
    const threshold = wallet.low_balance_microcredits ?? defaultNotifications.lowBalanceMicrocredits
    const { tell, told } = decideBalanceMail(look, before, threshold, nowMs)
    const isChanged = told.lowToldAtMs !== before.lowToldAtMs || told.emptyToldAtMs !== before.emptyToldAtMs
    if (!isChanged) continue
    const level = tell === null ? null : tell === 'low_balance' ? 'low' : 'empty'
    await keep(db, { userId: wallet.user_id, told, level }, nowMs)
  }
}

/** Of users who have a key in an app with an endpoint. */
function findWallets(db: DatabaseReader, userIds: readonly string[]) {
  return db
    .selectFrom('wallets')
    .leftJoin('webhook_low_marks', 'webhook_low_marks.user_id', 'wallets.user_id')
    .leftJoin('notification_settings', 'notification_settings.user_id', 'wallets.user_id')
    .select(['wallets.user_id', 'posted_microcredits', 'low_told_at_ms', 'empty_told_at_ms'])
    .select('low_balance_microcredits')
    .where('wallets.user_id', 'in', userIds)
    .where((of) =>
      of.exists(
        of
          .selectFrom('keys')
          .select('keys.id')
          .whereRef('keys.user_id', '=', 'wallets.user_id')
          .where('keys.revoked_at_ms', 'is', null)
          .where('keys.partner_id', 'in', of.selectFrom('webhook_endpoints').select('webhook_endpoints.partner_id')),
      ),
    )
    .execute()
}

interface Told {
  readonly userId: string
  readonly told: ToldBalances
  readonly level: 'low' | 'empty' | null
}

/** Told and written in one transaction: neither without the other. */
async function keep(db: Database, { userId, told, level }: Told, nowMs: number): Promise<void> {
  const columns = { low_told_at_ms: told.lowToldAtMs, empty_told_at_ms: told.emptyToldAtMs }
  const keys = level === null ? [] : await liveKeys(db, userId, nowMs)
  const left = await Promise.all(keys.map((key) => readBudgetLeft(db, budgetOf(key), nowOfKey(nowMs, key))))
  await transact(db, async (transaction) => {
    await transaction
      .insertInto('webhook_low_marks')
      .values({ user_id: userId, ...columns })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(columns))
      .execute()
    for (const [index, { partner_id: partnerId }] of keys.entries()) {
      const remaining = left[index] ?? null
      const data = {
        level: level ?? 'low',
        remaining_budget: remaining === null ? null : creditsData(Math.max(0, remaining)),
      }
      const cause = `${userId}:${nowMs}`
      await recordEvent(transaction, { type: 'balance.low', partnerId, userId, cause, data }, nowMs)
    }
  })
}

/** One in each app: the newest. */
async function liveKeys(db: DatabaseReader, userId: string, nowMs: number): Promise<readonly KeyRow[]> {
  const rows = await readKeysOfUser(db, userId)
  const byApp = new Map<string, (typeof rows)[number]>()
  for (const row of rows)
    if (statusOf(row, expiryMsOf(row), nowOfKey(nowMs, row)) === 'active' && !byApp.has(row.partner_id))
      byApp.set(row.partner_id, row)
  return [...byApp.values()].map((row) => ({ ...row, secret_until_ms: null }))
}
