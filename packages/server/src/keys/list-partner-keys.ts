import type { PartnerScope } from '@opencredits/protocol'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { readScopes } from './find-partner-key.ts'
import { readWorldNowAt } from './world-time.ts'

/** A restricted key without its secret. */
export interface PartnerKeyListing extends Omit<PartnerKey, TimeField> {
  readonly created_at: string
  readonly expires_at: string | null
  readonly last_used_at: string | null
  readonly previous_secret_until: string | null
  readonly revoked_at: string | null
}

type TimeField = 'createdAtMs' | 'expiresAtMs' | 'lastUsedAtMs' | 'previousSecretUntilMs' | 'revokedAtMs'

/** The same with its times as the store has them. */
export interface PartnerKey {
  readonly id: string
  readonly name: string
  readonly last_four: string
  readonly scopes: readonly PartnerScope[]
  readonly status: 'active' | 'expired' | 'revoked'
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
  readonly lastUsedAtMs: number | null
  /** Until when the secret before the last roll works, too. */
  readonly previousSecretUntilMs: number | null
  readonly revokedAtMs: number | null
}

/** A partner's restricted keys in one world, newest first, ended ones too. */
export async function readPartnerKeys(
  db: DatabaseReader,
  partnerId: string,
  nowMs: number,
): Promise<readonly PartnerKey[]> {
  const rows = await db
    .selectFrom('partner_keys')
    .selectAll()
    .where('partner_id', '=', partnerId)
    .orderBy('created_at_ms', 'desc')
    .orderBy('id', 'desc')
    .execute()
  const [first] = rows
  const worldMs = first === undefined ? nowMs : await readWorldNowAt(db, first, nowMs)
  return rows.map((row) => describe(row, worldMs))
}

/** The same with times in ISO 8601, for the command line. */
export async function listPartnerKeys(
  db: DatabaseReader,
  partnerId: string,
  nowMs: number,
): Promise<readonly PartnerKeyListing[]> {
  const keys = await readPartnerKeys(db, partnerId, nowMs)
  return keys.map(({ id, name, last_four, scopes, status, ...times }) => ({
    ...{ id, name, last_four, scopes, status },
    created_at: new Date(times.createdAtMs).toISOString(),
    expires_at: isoOf(times.expiresAtMs),
    last_used_at: isoOf(times.lastUsedAtMs),
    previous_secret_until: isoOf(times.previousSecretUntilMs),
    revoked_at: isoOf(times.revokedAtMs),
  }))
}

function describe(row: Row<'partner_keys'>, nowMs: number): PartnerKey {
  const status = statusOf(row, nowMs)
  const graceUntilMs = row.previous_secret_until_ms
  return {
    ...{ id: row.id, name: row.name, last_four: row.last_four, scopes: readScopes(row.scopes), status },
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
    previousSecretUntilMs: status === 'active' && (graceUntilMs ?? 0) > nowMs ? graceUntilMs : null,
    revokedAtMs: row.revoked_at_ms,
  }
}

function statusOf(row: Row<'partner_keys'>, nowMs: number): PartnerKey['status'] {
  if (row.revoked_at_ms !== null) return 'revoked'
  return row.expires_at_ms !== null && row.expires_at_ms <= nowMs ? 'expired' : 'active'
}

function isoOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString()
}
