import type { AccountKey } from '@opencredits/protocol'
import { describeKey, statusOf } from '../keys/describe-key.ts'
import { expiryMsOf } from '../keys/key-expiry.ts'
import { readKeyOfId, readKeysOfUser } from '../keys/read-key.ts'
import { accountAppId } from '../partners/account-app.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { readNames } from './read-names.ts'

/** Of the keys that no longer work, so many are shown. */
const endedMax = 100

type OwnKeyRow = NonNullable<Awaited<ReturnType<typeof readKeyOfId>>>

/** A user's keys, the newest first: all that work, and the last ones that ended. */
export async function listKeys(db: DatabaseReader, userId: string, nowMs: number): Promise<readonly AccountKey[]> {
  const rows = (await readKeysOfUser(db, userId)).filter((row) => !isForPurchases(row))
  const ended = rows.filter((row) => statusOf(row, expiryMsOf(row), nowMs) !== 'active')
  const leftOut = new Set(ended.slice(endedMax))
  return describeKeys(
    db,
    rows.filter((row) => !leftOut.has(row)),
    nowMs,
  )
}

/** All of a user's keys, the newest first. */
export async function listAllKeys(db: DatabaseReader, userId: string, nowMs: number): Promise<readonly AccountKey[]> {
  const rows = (await readKeysOfUser(db, userId)).filter((row) => !isForPurchases(row))
  return describeKeys(db, rows, nowMs)
}

/** What a purchase on the account page names in place of a key: it never spends. See `buy-credits.ts`. */
function isForPurchases(row: OwnKeyRow): boolean {
  return row.source === 'account' && row.expires_at_ms === 0
}

/** @returns null for none; whose it is was asked before. */
export async function describeKeyOfId(db: DatabaseReader, keyId: string, nowMs: number): Promise<AccountKey | null> {
  const row = await readKeyOfId(db, keyId)
  const [key] = row === undefined ? [] : await describeKeys(db, [row], nowMs)
  return key ?? null
}

async function describeKeys(
  db: DatabaseReader,
  rows: readonly OwnKeyRow[],
  nowMs: number,
): Promise<readonly AccountKey[]> {
  const names = await readNames(db, { partnerIds: rows.map((row) => row.partner_id), keyIds: [] })
  return Promise.all(
    rows.map(async (row) => ({
      ...(await describeKey(db, row, nowMs)),
      // A key of a user is none of a partner's server.
      source: row.source,
      app: row.partner_id === accountAppId ? null : { id: row.partner_id, name: names.app(row.partner_id) },
      last_used_address: row.last_used_address,
    })),
  )
}
