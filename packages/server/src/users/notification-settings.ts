import { type Microcredits, microcredits, microcreditsPerCredit } from '../kernel/microcredits.ts'
import type { DatabaseReader } from '../store/open-database.ts'

/** What a user wants to hear of by mail. */
export interface NotificationSettings {
  readonly isLowBalanceOn: boolean
  readonly lowBalanceMicrocredits: Microcredits
  readonly isKeyBudgetOn: boolean
  /** Of a key's or an app's budget. */
  readonly keyBudgetPercent: number
  readonly isNewAppOn: boolean
  readonly isNewSignInOn: boolean
}

/** Of a user who has set nothing: whoever has paid is told before the credits run out. */
export const defaultNotifications: NotificationSettings = {
  isLowBalanceOn: true,
  lowBalanceMicrocredits: microcredits(50 * microcreditsPerCredit),
  isKeyBudgetOn: true,
  keyBudgetPercent: 80,
  isNewAppOn: true,
  isNewSignInOn: true,
}

export async function readNotificationSettings(db: DatabaseReader, userId: string): Promise<NotificationSettings> {
  const row = await db.selectFrom('notification_settings').selectAll().where('user_id', '=', userId).executeTakeFirst()
  if (row === undefined) return defaultNotifications
  return {
    isLowBalanceOn: row.is_low_balance_on === 1,
    lowBalanceMicrocredits: microcredits(row.low_balance_microcredits),
    isKeyBudgetOn: row.is_key_budget_on === 1,
    keyBudgetPercent: row.key_budget_percent,
    isNewAppOn: row.is_new_app_on === 1,
    isNewSignInOn: row.is_new_sign_in_on === 1,
  }
}
