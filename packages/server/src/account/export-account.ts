import { sql } from 'kysely'
import { isNoCall } from '../credits/history.ts'
import { eachRequest } from '../credits/list-requests.ts'
import { parseModels } from '../keys/authenticate-key.ts'
import { readWallet } from '../ledger/balance.ts'
import { walletAccount } from '../ledger/chart-of-accounts.ts'
import { creditsOf, secondsOf } from '../lists/formats.ts'
import { describeDevice } from '../sessions/describe-device.ts'
import type { Database } from '../store/open-database.ts'
import { findUser } from '../users/find-user.ts'
import { readNotificationSettings } from '../users/notification-settings.ts'
import { describeEntry, namesOfEntries } from './describe-entry.ts'
import { listAllKeys } from './list-keys.ts'
import { actsOf, describeLogEntry, namesOfActs } from './list-log.ts'
import { describePurchase, purchasesQuery } from './list-purchases.ts'

/**
 * All that is kept of a user, as the text of one JSON object, piece by piece: a year of calls does not fit into memory. No
 * hash of a secret is in it.
 */
export async function* exportAccount(db: Database, userId: string, nowMs: number): AsyncGenerator<string> {
  const sections: readonly (readonly [string, AsyncIterable<readonly unknown[]>])[] = [
    ['purchases', once(purchasesOf(db, userId))],
    ['credit_moves', once(movesOf(db, userId))],
    ['requests', requestsOf(db, userId)],
    ['keys', once(listAllKeys(db, userId, nowMs))],
    ['consents', once(consentsOf(db, userId))],
    ['sessions', once(sessionsOf(db, userId))],
    ['passkeys', once(passkeysOf(db, userId))],
    ['log', logOf(db, userId)],
  ]
  yield `{\n"exported_at": ${secondsOf(nowMs)},\n"profile": ${JSON.stringify(await profileOf(db, userId))}`
  for (const [name, batches] of sections) {
    yield `,\n"${name}": [`
    let isFirst = true
    for await (const entries of batches) {
      const texts = entries.map((entry) => JSON.stringify(entry))
      if (texts.length > 0) yield `${isFirst ? '\n' : ',\n'}${texts.join(',\n')}`
      isFirst = isFirst && texts.length === 0
    }
    yield ']'
  }
  yield '\n}\n'
}

async function* once<Entry>(entries: Promise<readonly Entry[]>): AsyncGenerator<readonly Entry[]> {
  yield await entries
}

async function profileOf(db: Database, userId: string) {
  const user = await findUser(db, userId)
  const wallet = await readWallet(db, userId)
  return {
    id: userId,
    email: user?.email ?? null,
    locale: user?.locale ?? null,
    created_at: secondsOf(user?.created_at_ms ?? null),
    balance: creditsOf(wallet.availableMicrocredits),
    held: creditsOf(wallet.heldMicrocredits),
    notifications: await readNotificationSettings(db, userId),
  }
}

async function purchasesOf(db: Database, userId: string) {
  const rows = await purchasesQuery(db, userId).execute()
  return rows.map((row) => ({ ...describePurchase(row), email: row.email }))
}

/** Everything in the wallet that is no call: purchases, refunds, grants. */
async function movesOf(db: Database, userId: string) {
  const wallet = walletAccount(userId)
  const side = (name: 'credit' | 'debit') =>
    sql`select id, code, ${name === 'credit' ? sql`` : sql`-`}amount_microcredits as amount, created_at_ms from transfers
      where ${sql.ref(`${name}_account`)} = ${wallet} and ${isNoCall}`
  const { rows } = await sql<{ id: string; code: string; amount: number; created_at_ms: number }>`
    select * from (${side('credit')} union all ${side('debit')}) as moves order by created_at_ms desc, id desc`.execute(
    db,
  )
  return rows.map((row) => ({
    ...{ id: row.id, type: row.code, credits: creditsOf(row.amount), created_at: secondsOf(row.created_at_ms) },
  }))
}

async function* requestsOf(db: Database, userId: string): AsyncGenerator<readonly unknown[]> {
  const filter = { model: null, app: null, key: null, status: null, period: null }
  for await (const rows of eachRequest(db, { column: 'user_id', id: userId }, filter)) {
    const names = await namesOfEntries(db, rows)
    yield rows.map((row) => describeEntry(row, names))
  }
}

async function consentsOf(db: Database, userId: string) {
  const rows = await db
    .selectFrom('consents')
    .innerJoin('partners', 'partners.id', 'consents.partner_id')
    .selectAll('consents')
    .select('partners.name as app_name')
    .where('consents.user_id', '=', userId)
    .orderBy('consents.created_at_ms')
    .execute()
  return rows.map((row) => ({
    app: { id: row.partner_id, name: row.app_name },
    budget: creditsOf(row.budget_microcredits),
    window: row.budget_window,
    models: parseModels(row.models),
    expires_at: secondsOf(row.expires_at_ms),
    connected_at: secondsOf(row.created_at_ms),
    withdrawn_at: secondsOf(row.withdrawn_at_ms),
  }))
}

async function sessionsOf(db: Database, userId: string) {
  const rows = await db
    .selectFrom('sessions')
    .select(['id', 'place', 'partner_id', 'user_agent', 'address', 'created_at_ms', 'last_used_at_ms', 'ended_at_ms'])
    .where('user_id', '=', userId)
    .orderBy('created_at_ms')
    .execute()
  return rows.map((row) => ({
    ...{ id: row.id, place: row.place, app_id: row.partner_id, address: row.address },
    ...{ device: describeDevice(row.user_agent), user_agent: row.user_agent },
    created_at: secondsOf(row.created_at_ms),
    last_used_at: secondsOf(row.last_used_at_ms),
    ended_at: secondsOf(row.ended_at_ms),
  }))
}

async function passkeysOf(db: Database, userId: string) {
  const rows = await db
    .selectFrom('passkeys')
    .select(['name', 'created_at_ms', 'last_used_at_ms'])
    .where('user_id', '=', userId)
    .orderBy('created_at_ms')
    .execute()
  return rows.map((row) => ({
    ...{ name: row.name, created_at: secondsOf(row.created_at_ms), last_used_at: secondsOf(row.last_used_at_ms) },
  }))
}

async function* logOf(db: Database, userId: string): AsyncGenerator<readonly unknown[]> {
  const limit = 1000
  let after: { readonly atMs: number; readonly id: string } | null = null
  for (;;) {
    const rows = await actsOf(db, userId, { after, limit })
    const names = await namesOfActs(db, rows)
    yield rows.map((row) => describeLogEntry(row, names))
    const last = rows.at(-1)
    if (rows.length < limit || last === undefined) return
    after = { atMs: last.at_ms, id: last.id }
  }
}
