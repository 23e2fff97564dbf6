import { sql } from 'kysely'
import type { DatabaseReader } from '../store/open-database.ts'
import { operatorAccounts, operatorAccountsOf, partnerAccount, walletAccount } from './chart-of-accounts.ts'
import { holderOfParts } from './split-hold.ts'

export interface Difference {
  readonly kind: string
  /** The row that is wrong. */
  readonly id: string
  readonly expected: string
  readonly actual: string
}

export interface LedgerReport {
  readonly ok: boolean
  readonly transfers: number
  readonly wallets: number
  readonly openHolds: number
  readonly differences: readonly Difference[]
}

/** Recomputes every balance from the transfers and the open holds. All sums are made by the store, row by row nothing is loaded. */
export async function verifyLedger(db: DatabaseReader): Promise<LedgerReport> {
  const differences = [
    ...(await wrongWallets(db)),
    ...(await overdrawnWallets(db)),
    ...(await wrongHeld(db)),
    ...(await wrongWindows(db)),
    ...(await wrongHolds(db)),
    ...(await wrongParts(db)),
    ...(await unknownAccounts(db)),
    ...(await joinedWorlds(db)),
    ...(await wrongRollUps(db)),
  ]
  return {
    ok: differences.length === 0,
    transfers: await count(db, sql`transfers`),
    wallets: await count(db, sql`wallets`),
    openHolds: await count(db, sql`holds`),
    differences,
  }
}

interface DifferenceRow {
  readonly id: string
  readonly expected: string | number | bigint
  readonly actual: string | number | bigint
}

/** Runs a query whose rows are differences. */
async function differ(
  db: DatabaseReader,
  kind: string,
  query: ReturnType<typeof sql<DifferenceRow>>,
): Promise<readonly Difference[]> {
  const { rows } = await query.execute(db)
  return rows.map((row) => ({ kind, id: row.id, expected: String(row.expected), actual: String(row.actual) }))
}

/** I1: `wallets.posted` is the balance of the wallet's account. */
function wrongWallets(db: DatabaseReader): Promise<readonly Difference[]> {
  return differ(
    db,
    'wallet_posted',
    sql<DifferenceRow>`
      with movements as (
        select credit_account as account, amount_microcredits as amount from transfers where credit_account like 'wallet:%'
        union all
        select debit_account, -amount_microcredits from transfers where debit_account like 'wallet:%'
      ), sums as (select account, sum(amount) as total from movements group by account)
      select sums.account as id, cast(sums.total as text) as expected,
        cast(coalesce(wallets.posted_microcredits, 0) as text) as actual
      from sums left join wallets on wallets.user_id = ${ownerIn(walletPrefix)}
      where sums.total <> coalesce(wallets.posted_microcredits, 0)
      union all
      select 'wallet:' || user_id, '0', cast(posted_microcredits as text) from wallets
      where posted_microcredits <> 0 and 'wallet:' || user_id not in (select account from sums)`,
  )
}

const walletPrefix = walletAccount('')
const partnerPrefix = partnerAccount('')

/** Cut off, and not put in front of every owner's id: a join by what is computed would read all owners for each account. */
function ownerIn(prefix: string) {
  return sql`substr(account, ${sql.lit(prefix.length + 1)})`
}

/**
 * I4: only what was taken back (refunds, disputes, and their moves with a merge) brings a wallet below zero, never use.
 * The second condition on codes is that of the partial index of migration 002.
 */
function overdrawnWallets(db: DatabaseReader): Promise<readonly Difference[]> {
  return differ(
    db,
    'wallet_overdrawn_by_use',
    sql<DifferenceRow>`
      select wallets.user_id as id, '0' as expected, cast(wallets.posted_microcredits as text) as actual from wallets
      where wallets.posted_microcredits < 0 and -wallets.posted_microcredits > (
        select coalesce(sum(amount_microcredits), 0) from transfers
        where debit_account = 'wallet:' || wallets.user_id and code in ('refund', 'dispute', 'merge')
          and code not in ('usage_cost', 'usage_share', 'usage_fee', 'shortfall_cost', 'shortfall_share'))`,
  )
}

/** I3: `wallets.held` is the sum of the wallet's open holds. */
function wrongHeld(db: DatabaseReader): Promise<readonly Difference[]> {
  return differ(
    db,
    'wallet_held',
    sql<DifferenceRow>`
      with sums as (
        select user_id, sum(amount_microcredits) as total from holds group by user_id)
      select wallets.user_id as id, cast(coalesce(sums.total, 0) as text) as expected, cast(wallets.held_microcredits as text) as actual
      from wallets left join sums on sums.user_id = wallets.user_id
      where coalesce(sums.total, 0) <> wallets.held_microcredits`,
  )
}

/** A budget's window holds its open holds and has spent what its settled requests paid. */
function wrongWindows(db: DatabaseReader): Promise<readonly Difference[]> {
  return differ(
    db,
    'key_window',
    sql<DifferenceRow>`
      with held as (
        select budget_id, window_start_ms, sum(amount_microcredits) as total from (
          select budget_id, window_start_ms, amount_microcredits from holds where window_start_ms is not null
          union all select guest_budget_id, 0, amount_microcredits from holds where guest_budget_id is not null
        ) as of_holds group by budget_id, window_start_ms
      ), spent as (
        select budget_id, window_start_ms, sum(amount_microcredits) as total from (
          select budget_id, budget_window_start_ms as window_start_ms, amount_microcredits from transfers where budget_id is not null
          union all select guest_budget_id, 0, amount_microcredits from transfers where guest_budget_id is not null
        ) as of_transfers group by budget_id, window_start_ms
      )
      select key_windows.budget_id || '@' || key_windows.window_start_ms as id,
        'held ' || coalesce(held.total, 0) || ', spent ' || coalesce(spent.total, 0) as expected,
        'held ' || key_windows.held_microcredits || ', spent ' || key_windows.spent_microcredits as actual
      from key_windows
      left join held on held.budget_id = key_windows.budget_id and held.window_start_ms = key_windows.window_start_ms
      left join spent on spent.budget_id = key_windows.budget_id and spent.window_start_ms = key_windows.window_start_ms
      where coalesce(held.total, 0) <> key_windows.held_microcredits or coalesce(spent.total, 0) <> key_windows.spent_microcredits`,
  )
}

/** I3: a hold that is still open has moved no money. */
function wrongHolds(db: DatabaseReader): Promise<readonly Difference[]> {
  return differ(
    db,
    'hold_state',
    sql<DifferenceRow>`
      select holds.id as id, 'no transfers' as expected, cast(count(*) as text) as actual
      from transfers join holds on holds.id = transfers.cause_id group by holds.id`,
  )
}

/** I3: a hold with parts is their sum, and no part outlives its hold. */
function wrongParts(db: DatabaseReader): Promise<readonly Difference[]> {
  return differ(
    db,
    'hold_parts',
    sql<DifferenceRow>`
      with sums as (select hold_id, sum(amount_microcredits) as total from hold_parts group by hold_id)
      select coalesce(holds.id, sums.hold_id) as id, cast(coalesce(sums.total, 0) as text) as expected,
        case when holds.id is null then 'no hold' when sums.hold_id is null then 'no parts'
          else cast(holds.amount_microcredits as text) end as actual
      from sums full outer join (select * from holds where server_id = ${sql.lit(holderOfParts)}) as holds
        on holds.id = sums.hold_id
      where holds.id is null or sums.hold_id is null or holds.amount_microcredits <> sums.total`,
  )
}

/** Every account is one of the chart, and has an owner who is there. */
function unknownAccounts(db: DatabaseReader): Promise<readonly Difference[]> {
  const operators = sql.join(operatorAccounts.map((account) => sql.lit(account)))
  return differ(
    db,
    'account_unknown',
    sql<DifferenceRow>`
      with accounts as (select credit_account as account from transfers union select debit_account from transfers)
      select account as id, 'an account of the chart with an owner' as expected, account as actual from accounts
      where account not in (${operators})
        and not (account like 'wallet:%' and exists (select 1 from users where users.id = ${ownerIn(walletPrefix)}))
        and not (account like 'partner:%' and exists (select 1 from partners where partners.id = ${ownerIn(partnerPrefix)}))`,
  )
}

/**
 * I6: both accounts of a transfer are of one world. The operator's say theirs by name, wallets and partners by their
 * owners' rows.
 */
function joinedWorlds(db: DatabaseReader): Promise<readonly Difference[]> {
  const listed = (livemode: boolean) => sql.join(operatorAccountsOf(livemode).map((account) => sql.lit(account)))
  const worldOf = (side: 'debit' | 'credit') => {
    const account = sql.ref(`transfers.${side}_account`)
    const owner = (prefix: string) => sql`substr(${account}, ${sql.lit(prefix.length + 1)})`
    return sql`case when ${account} in (${listed(true)}) then 1 when ${account} in (${listed(false)}) then 0
      when ${account} like 'wallet:%' then (select livemode from users where users.id = ${owner(walletPrefix)})
      when ${account} like 'partner:%' then (select livemode from partners where partners.id = ${owner(partnerPrefix)}) end`
  }
  return differ(
    db,
    'transfer_worlds',
    sql<DifferenceRow>`
      select id, 'both accounts in one world' as expected, debit_account || ' to ' || credit_account as actual from (
        select id, debit_account, credit_account, ${worldOf('debit')} as debit_world, ${worldOf('credit')} as credit_world
        from transfers) as sides
      where debit_world <> credit_world`,
  )
}

/** A roll-up is the sum of the transfers up to its mark. */
async function wrongRollUps(db: DatabaseReader): Promise<readonly Difference[]> {
  const rollUps = await db.selectFrom('account_roll_ups').selectAll().execute()
  const found: Difference[] = []
  for (const rollUp of rollUps) {
    const { rows } = await sql<{ sum: string | null }>`
      select cast(sum(case when credit_account = ${rollUp.account} then amount_microcredits else -amount_microcredits end) as text) as sum
      from transfers where (credit_account = ${rollUp.account} or debit_account = ${rollUp.account}) and seq <= ${rollUp.through_seq}`.execute(
      db,
    )
    const expected = rows[0]?.sum ?? '0'
    if (expected !== rollUp.balance_microcredits) {
      found.push({ kind: 'roll_up', id: rollUp.account, expected, actual: rollUp.balance_microcredits })
    }
  }
  return found
}

async function count(db: DatabaseReader, from: ReturnType<typeof sql>): Promise<number> {
  const { rows } = await sql<{ total: number }>`select count(*) as total from ${from}`.execute(db)
  return Number(rows[0]?.total ?? 0)
}
