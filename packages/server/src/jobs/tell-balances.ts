import { sql } from 'kysely'
import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { queueMail } from '../users/mail/outbox.ts'
import { defaultNotifications } from '../users/notification-settings.ts'
import { type BalanceDecision, decideBalanceMail, type ToldBalances, type WalletLook } from './balance-mail.ts'
import { inChunks, type SeqRange } from './seq-range.ts'

/** What happened to a wallet in a range of transfers. */
export interface Movement {
  readonly user_id: string
  readonly debited: string | number
  readonly credited_at_ms: number | null
}

/** Queues mails for wallets that ran low by these transfers. Wallets of guests have nobody to tell. */
export async function tellBalances(db: Database, range: SeqRange, nowMs: number): Promise<void> {
  for (const chunk of inChunks(await findMovements(db, range))) await tellOf(db, chunk, nowMs)
}

/** The wallets that these transfers moved. */
export async function findMovements(db: Database, { after, through }: SeqRange): Promise<readonly Movement[]> {
  const range = sql`seq > ${after} and seq <= ${through}`
  const prefix = 'wallet:'
  const { rows } = await sql<Movement>`
    select substr(account, ${sql.lit(prefix.length + 1)}) as user_id, cast(sum(debited) as text) as debited,
      max(credited_at_ms) as credited_at_ms
    from (
      select debit_account as account, amount_microcredits as debited, cast(null as bigint) as credited_at_ms
      from transfers where ${range} and debit_account like 'wallet:%'
      union all
      select credit_account, 0, created_at_ms from transfers where ${range} and credit_account like 'wallet:%') as moved
    group by account`.execute(db)
  return rows
}

async function tellOf(db: Database, moved: readonly Movement[], nowMs: number): Promise<void> {
  const owners = await db
    .selectFrom('users')
    .innerJoin('wallets', 'wallets.user_id', 'users.id')
    .leftJoin('notification_settings', 'notification_settings.user_id', 'users.id')
    .select(['users.id', 'wallets.posted_microcredits', 'is_low_balance_on', 'low_balance_microcredits'])
    .select(['low_balance_told_at_ms', 'empty_balance_told_at_ms'])
    .where('users.email', 'is not', null)
    .where('users.livemode', '=', 1)
    .where(
      'users.id',
      'in',
      moved.map((one) => one.user_id),
    )
    .execute()
  const byUser = new Map(moved.map((one) => [one.user_id, one]))
  for (const owner of owners) {
    const movement = byUser.get(owner.id)
    const isOn = owner.is_low_balance_on === null ? defaultNotifications.isLowBalanceOn : owner.is_low_balance_on === 1
    if (movement === undefined || !isOn) continue
    const wallet: WalletLook = {
      postedMicrocredits: owner.posted_microcredits,
      debitedMicrocredits: Number(movement.debited),
      creditedAtMs: movement.credited_at_ms === null ? null : Number(movement.credited_at_ms),
    }
    const before = { lowToldAtMs: owner.low_balance_told_at_ms, emptyToldAtMs: owner.empty_balance_told_at_ms }
    const threshold = owner.low_balance_microcredits ?? defaultNotifications.lowBalanceMicrocredits
    const decision = decideBalanceMail(wallet, before, threshold, nowMs)
    if (decision.tell !== null || !isSame(decision.told, before)) await keep(db, { owner, decision }, nowMs)
  }
}

function isSame(one: ToldBalances, other: ToldBalances): boolean {
  return one.lowToldAtMs === other.lowToldAtMs && one.emptyToldAtMs === other.emptyToldAtMs
}

interface Decided {
  readonly owner: { readonly id: string; readonly posted_microcredits: number }
  readonly decision: BalanceDecision
}

/** Told and queued in one transaction: neither without the other. */
async function keep(db: Database, { owner, decision }: Decided, nowMs: number): Promise<void> {
  const { tell, told } = decision
  const columns = { low_balance_told_at_ms: told.lowToldAtMs, empty_balance_told_at_ms: told.emptyToldAtMs }
  await transact(db, async (transaction) => {
    await transaction
      .insertInto('notification_settings')
      .values({
        user_id: owner.id,
        is_low_balance_on: defaultNotifications.isLowBalanceOn ? 1 : 0,
        low_balance_microcredits: defaultNotifications.lowBalanceMicrocredits,
        is_key_budget_on: defaultNotifications.isKeyBudgetOn ? 1 : 0,
        key_budget_percent: defaultNotifications.keyBudgetPercent,
        is_new_app_on: defaultNotifications.isNewAppOn ? 1 : 0,
        is_new_sign_in_on: defaultNotifications.isNewSignInOn ? 1 : 0,
        ...columns,
      })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(columns))
      .execute()
    if (tell === null) return
    const balance = creditsFromMicrocredits(microcredits(owner.posted_microcredits))
    await queueMail(transaction, { kind: tell, userId: owner.id, balance }, nowMs)
  })
}
