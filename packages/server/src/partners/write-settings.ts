import type { Updateable } from 'kysely'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { PartnersTable } from '../store/schema.ts'

/** What an app's row says of one world alone, and how far the app has come: see `writeAppState`. */
type WorldColumn =
  | 'id'
  | 'livemode'
  | 'live_partner_id'
  | 'publishable_key'
  | 'previous_publishable_key'
  | 'previous_publishable_key_until_ms'
  | 'kind'
  | 'is_active'
  | 'state'
  | 'state_reason'
  | 'state_at_ms'
  | 'created_at_ms'
  | 'updated_at_ms'

/** What is the app's, and so the same in both worlds. */
export type AppColumns = Omit<Updateable<PartnersTable>, WorldColumn>

export interface AppSettings {
  readonly columns: AppColumns
  /** Normalised; they replace those of before. Left out: they stay. */
  readonly origins?: readonly string[]
}

/**
 * Changes an app's settings in both of its worlds: its rows never differ in them. Everything that changes an
 * app goes through here.
 * @param appId its row in the live world
 * @returns the ids of its rows, live first; none for an unknown app
 */
export async function writeSettings(
  transaction: DatabaseTransaction,
  appId: string,
  { columns, origins }: AppSettings,
  nowMs: number,
): Promise<readonly string[]> {
  const rows = await transaction
    .updateTable('partners')
    .set({ ...columns, updated_at_ms: nowMs })
    .where((of) => of.or([of.and([of('id', '=', appId), of('livemode', '=', 1)]), of('live_partner_id', '=', appId)]))
    .returning(['id', 'livemode'])
    .execute()
  const ids = rows.sort((one, other) => other.livemode - one.livemode).map(({ id }) => id)
  if (origins === undefined || ids.length === 0) return ids
  await transaction.deleteFrom('partner_origins').where('partner_id', 'in', ids).execute()
  await addOrigins(transaction, ids, origins)
  return ids
}

/** Lets pages of these origins use an app, in each of its worlds. */
export async function addOrigins(
  transaction: DatabaseTransaction,
  partnerIds: readonly string[],
  origins: readonly string[],
): Promise<void> {
  const rows = partnerIds.flatMap((partner_id) => [...new Set(origins)].map((origin) => ({ partner_id, origin })))
  if (rows.length > 0) await transaction.insertInto('partner_origins').values(rows).execute()
}
