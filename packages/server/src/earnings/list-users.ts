import { type RawBuilder, sql } from 'kysely'
import { dayMs } from '../kernel/clock.ts'
import type { ListCursor } from '../lists/cursor.ts'
import { type CallSumsRow, sumsOfCalls, sumsOfSums } from '../partners/call-sums.ts'
import { readRollUpMark } from '../partners/roll-up-calls.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { addUp, noCalls } from './read-figures.ts'

/** A user of an app, with all that the app may know. */
export interface PartnerUserEntry {
  readonly publicId: string
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly sums: CallSumsRow
  readonly boughtMicrocredits: number
}

interface UserRow {
  readonly user_id: string
  readonly public_id: string
  readonly first_seen_ms: number
}

/** The users of an app, the newest first. A merged guest is part of the account. */
export async function listUsers(
  db: DatabaseReader,
  partnerId: string,
  page: { readonly limit: number; readonly after: ListCursor | null },
): Promise<readonly PartnerUserEntry[]> {
  return describeUsers(db, partnerId, (await usersQuery(partnerId, page).execute(db)).rows)
}

/** A user by the id of the account; null where it is none of the app's. */
export async function readUser(
  db: DatabaseReader,
  partnerId: string,
  userId: string,
): Promise<PartnerUserEntry | null> {
  const rows = await db
    .selectFrom('partner_users')
    .select(['user_id', 'public_id', 'first_seen_ms'])
    .where('partner_id', '=', partnerId)
    .where('user_id', '=', userId)
    .execute()
  const named = rows.flatMap((row) => (row.public_id === null ? [] : [{ ...row, public_id: row.public_id }]))
  return (await describeUsers(db, partnerId, named))[0] ?? null
}

async function describeUsers(
  db: DatabaseReader,
  partnerId: string,
  rows: readonly UserRow[],
): Promise<readonly PartnerUserEntry[]> {
  if (rows.length === 0) return []
  const userIds = rows.map((row) => row.user_id)
  const calls = addUp((await callsOfUsersQuery(partnerId, userIds, await readRollUpMark(db)).execute(db)).rows)
  const sums = new Map(calls.map((row) => [row.group, row]))
  const bought = numbersOf((await boughtQuery(partnerId, userIds).execute(db)).rows)
  const lastSeen = numbersOf((await lastSeenQuery(partnerId, userIds).execute(db)).rows)
  return rows.map((row) => ({
    publicId: row.public_id,
    firstSeenMs: row.first_seen_ms,
    lastSeenMs: Math.max(row.first_seen_ms, lastSeen.get(row.user_id) ?? 0),
    sums: sums.get(row.user_id) ?? noCalls,
    boughtMicrocredits: bought.get(row.user_id) ?? 0,
  }))
}

/** All of them, a page at a time, so that memory does not grow with their number. */
export async function* eachUser(db: DatabaseReader, partnerId: string): AsyncGenerator<readonly PartnerUserEntry[]> {
  const limit = 200
  let after: ListCursor | null = null
  for (;;) {
    const users: readonly PartnerUserEntry[] = await listUsers(db, partnerId, { limit, after })
    yield users
    const last = users.at(-1)
    if (users.length < limit || last === undefined) return
    after = { atMs: last.firstSeenMs, id: last.publicId }
  }
}

/** By pseudonym and not by id where users come at the same time: the cursor is the partner's to read. */
export function usersQuery(
  partnerId: string,
  { limit, after }: { readonly limit: number; readonly after: ListCursor | null },
): RawBuilder<UserRow> {
  const beyond =
    after === null
      ? sql``
      : sql`and (partner_users.first_seen_ms, partner_users.public_id) < (${after.atMs}, ${after.id})`
  return sql<UserRow>`select partner_users.user_id, partner_users.public_id, partner_users.first_seen_ms
    from partner_users join users on users.id = partner_users.user_id
    where partner_users.partner_id = ${partnerId} and partner_users.public_id is not null
      and users.merged_into_user_id is null ${beyond}
    order by partner_users.first_seen_ms desc, partner_users.public_id desc limit ${limit}`
}

/** Sums so far, with those of the guests who became one of these users; calls that are not in them yet; the oldest calls. */
export function callsOfUsersQuery(
  partnerId: string,
  userIds: readonly string[],
  markMs: number,
): RawBuilder<CallSumsRow & { readonly group: string }> {
  const ids = sql.join(userIds)
  // A day is still added to as long as the mark is in it.
  const wholeToMs = markMs - (markMs % dayMs)
  const ofUsers = (table: 'partner_user_days' | 'requests' | 'usage_days') =>
    sql`${sql.ref(`${table}.user_id`)} in (${ids}) and ${ofPartner(table, partnerId)}`
  const days = 'partner_user_days'
  return sql`select partner_user_days.user_id as "group", ${sumsOfSums(days)} from partner_user_days
      where ${ofUsers(days)} and partner_user_days.day_ms < ${wholeToMs} group by partner_user_days.user_id
    union all select users.merged_into_user_id as "group", ${sumsOfSums(days)} from users cross join partner_user_days
      where users.merged_into_user_id in (${ids}) and partner_user_days.user_id = users.id
        and ${ofPartner(days, partnerId)} and partner_user_days.day_ms < ${wholeToMs}
      group by users.merged_into_user_id
    union all select requests.user_id as "group", ${sumsOfCalls()} from requests
      where ${ofUsers('requests')} and requests.state = 'settled' and requests.ended_at_ms >= ${wholeToMs}
      group by requests.user_id
    union all select usage_days.user_id as "group", ${sumsOfSums('usage_days')} from usage_days
      where ${ofUsers('usage_days')} group by usage_days.user_id`
}

/** A few users' rows are read by their own index: by the app's it would be everybody's. So this is for no index. */
function ofPartner(table: 'partner_user_days' | 'requests' | 'usage_days', partnerId: string): RawBuilder<unknown> {
  return sql`coalesce(${sql.ref(`${table}.partner_id`)}, '') = ${partnerId}`
}

interface NumberRow {
  readonly user_id: string
  readonly number: number | string | null
}

/** Credits that were bought in the app and not taken back. */
function boughtQuery(partnerId: string, userIds: readonly string[]): RawBuilder<NumberRow> {
  const takenBack = (table: 'refunds' | 'disputes') => sql`coalesce((
    select sum(debited_microcredits) from ${sql.table(table)}
    where ${sql.ref(`${table}.stripe_payment_intent_id`)} = purchases.stripe_payment_intent_id), 0)`
  return sql`select user_id, cast(sum(credits_microcredits - ${takenBack('refunds')} - ${takenBack('disputes')}) as bigint) as number
    from purchases where user_id in (${sql.join(userIds)}) and partner_id = ${partnerId} and status = 'complete'
    group by user_id`
}

function lastSeenQuery(partnerId: string, userIds: readonly string[]): RawBuilder<NumberRow> {
  return sql`select user_id, max(coalesce(last_used_at_ms, created_at_ms)) as number from keys
    where user_id in (${sql.join(userIds)}) and partner_id = ${partnerId} group by user_id`
}

function numbersOf(rows: readonly NumberRow[]): ReadonlyMap<string, number> {
  return new Map(rows.map((row) => [row.user_id, Number(row.number ?? 0)]))
}
