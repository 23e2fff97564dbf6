import type { IncomingHttpHeaders } from 'node:http'
import { sql } from 'kysely'
import type { Pepper } from '../keys/pepper.ts'
import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import type { AccountName } from '../users/find-user.ts'
import { createDeviceCookie } from './session-cookie.ts'

/** Whether the browser of a request was signed in to the account of this e-mail before: what strangers do does not lock it out. */
export async function isKnownBrowser(
  deps: { readonly db: DatabaseReader; readonly pepper: Pepper; readonly publicUrl: string },
  { headers }: { readonly headers: IncomingHttpHeaders },
  account: AccountName,
): Promise<boolean> {
  const device = createDeviceCookie(deps.publicUrl).read(headers)
  return device !== null && isKnownDevice(deps.db, { ...account, deviceHash: deps.pepper.hash('device', device) })
}

async function isKnownDevice(
  db: DatabaseReader,
  device: AccountName & { readonly deviceHash: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('known_devices')
    .innerJoin('users', 'users.id', 'known_devices.user_id')
    .select('known_devices.user_id')
    .where('users.email', '=', device.email)
    // Anybody can sign in to any address of the test world.
    .where('users.livemode', '=', device.livemode ? 1 : 0)
    .where('known_devices.device_hash', '=', device.deviceHash)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Notes that a user signed in with this browser.
 * @returns `first` for the user's first browser ever, `new` for one that the user has not used before, `known` otherwise
 */
export async function noteDevice(
  transaction: DatabaseTransaction,
  device: { readonly userId: string; readonly deviceHash: string },
  nowMs: number,
): Promise<'first' | 'new' | 'known'> {
  const before = await transaction
    .selectFrom('known_devices')
    .select([
      sql<number>`count(*)`.as('all'),
      sql<number>`coalesce(sum(case when device_hash = ${device.deviceHash} then 1 else 0 end), 0)`.as('same'),
    ])
    .where('user_id', '=', device.userId)
    .executeTakeFirstOrThrow()
  await transaction
    .insertInto('known_devices')
    .values({
      user_id: device.userId,
      device_hash: device.deviceHash,
      created_at_ms: nowMs,
      last_seen_at_ms: nowMs,
    })
    .onConflict((conflict) => conflict.columns(['user_id', 'device_hash']).doUpdateSet({ last_seen_at_ms: nowMs }))
    .execute()
  if (Number(before.same) > 0) return 'known'
  return Number(before.all) === 0 ? 'first' : 'new'
}
