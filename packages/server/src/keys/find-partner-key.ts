import { type PartnerScope, partnerScopes } from '@opencredits/protocol'
import { sql } from 'kysely'
import { worldNowMs } from '../kernel/world-clock.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import type { Pepper } from './pepper.ts'

/** A restricted key as its secret finds it, and how its app stands. */
export interface FoundPartnerKey {
  readonly id: string
  /** The app's row in the key's world. */
  readonly partnerId: string
  /** The app: its row in the live world. */
  readonly appId: string
  readonly livemode: boolean
  readonly scopes: readonly PartnerScope[]
  /** Why it does not work any more; null: it does. */
  readonly end: PartnerKeyEnd | null
  readonly lastUsedAtMs: number | null
  /** The app's state, and whether it is active in the key's world. */
  readonly app: { readonly state: Row<'partners'>['state']; readonly isActive: boolean }
}

export type PartnerKeyEnd = 'revoked' | 'expired' | 'replaced'

/**
 * Finds a restricted key by its secret, or by the secret before it was rolled. The store is asked every time, so that a
 * key that is revoked ends at once on all servers.
 */
export async function findPartnerKey(
  { db, pepper }: { readonly db: DatabaseReader; readonly pepper: Pepper },
  secret: string,
  nowMs: number,
): Promise<FoundPartnerKey | null> {
  const hash = pepper.hash('secret', secret)
  const row =
    (await keyQuery(db).where('partner_keys.secret_hash', '=', hash).executeTakeFirst()) ??
    (await keyQuery(db).where('partner_keys.previous_secret_hash', '=', hash).executeTakeFirst())
  if (row === undefined) return null
  return {
    id: row.id,
    partnerId: row.partner_id,
    appId: row.live_partner_id ?? row.partner_id,
    livemode: row.livemode === 1,
    scopes: readScopes(row.scopes),
    end: endOf(row, hash, worldNowMs(nowMs, { livemode: row.livemode === 1, clockAheadMs: row.clock_ahead_ms ?? 0 })),
    lastUsedAtMs: row.last_used_at_ms,
    app: { state: row.state, isActive: row.is_active === 1 },
  }
}

function keyQuery(db: DatabaseReader) {
  return db
    .selectFrom('partner_keys')
    .innerJoin('partners', 'partners.id', 'partner_keys.partner_id')
    .selectAll('partner_keys')
    .select((from) => [
      'partners.is_active',
      'partners.state',
      'partners.live_partner_id',
      from
        .selectFrom('test_clocks')
        .select('ahead_ms')
        .whereRef('test_clocks.partner_id', '=', 'partner_keys.partner_id')
        .whereRef('partner_keys.livemode', '=', sql.lit(0))
        .as('clock_ahead_ms'),
    ])
}

function endOf(row: Row<'partner_keys'>, hash: string, nowMs: number): PartnerKeyEnd | null {
  if (row.revoked_at_ms !== null) return 'revoked'
  if (row.expires_at_ms !== null && row.expires_at_ms <= nowMs) return 'expired'
  const isPrevious = row.secret_hash !== hash
  return isPrevious && (row.previous_secret_until_ms ?? 0) <= nowMs ? 'replaced' : null
}

/** The scopes that a row names. */
export function readScopes(text: string): readonly PartnerScope[] {
  const named = text.split(' ')
  return partnerScopes.filter((scope) => named.includes(scope))
}

/** Writes down that a key was used, to the minute: most uses write nothing. */
export async function notePartnerKeyUse(
  db: DatabaseReader,
  key: Pick<FoundPartnerKey, 'id' | 'lastUsedAtMs'>,
  nowMs: number,
): Promise<void> {
  if (nowMs - (key.lastUsedAtMs ?? 0) < notedEveryMs) return
  await db.updateTable('partner_keys').set({ last_used_at_ms: nowMs }).where('id', '=', key.id).execute()
}

const notedEveryMs = 60_000
