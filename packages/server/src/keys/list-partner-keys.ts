import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { readScopes } from './find-partner-key.ts'
import type { PartnerScope } from './partner-scope.ts'

/** A restricted key without its secret. */
export interface PartnerKeyListing {
  readonly id: string
  readonly name: string
  readonly last_four: string
  readonly scopes: readonly PartnerScope[]
  readonly status: 'active' | 'expired' | 'revoked'
  readonly created_at: string
  readonly expires_at: string | null
  readonly last_used_at: string | null
  /** Until when the secret before the last roll works, too. */
  readonly previous_secret_until: string | null
  readonly revoked_at: string | null
}

/** A partner's restricted keys, newest first, ended ones too. */
export async function listPartnerKeys(
  db: DatabaseReader,
  partnerId: string,
  nowMs: number,
): Promise<readonly PartnerKeyListing[]> {
  const rows = await db
    .selectFrom('partner_keys')
    .selectAll()
    .where('partner_id', '=', partnerId)
    .orderBy('created_at_ms', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => describe(row, nowMs))
}

function describe(row: Row<'partner_keys'>, nowMs: number): PartnerKeyListing {
  const status = statusOf(row, nowMs)
  const graceUntilMs = row.previous_secret_until_ms
  return {
    ...{ id: row.id, name: row.name, last_four: row.last_four, scopes: readScopes(row.scopes), status },
    created_at: new Date(row.created_at_ms).toISOString(),
    expires_at: isoOf(row.expires_at_ms),
    last_used_at: isoOf(row.last_used_at_ms),
    previous_secret_until: status === 'active' && (graceUntilMs ?? 0) > nowMs ? isoOf(graceUntilMs) : null,
    revoked_at: isoOf(row.revoked_at_ms),
  }
}

function statusOf(row: Row<'partner_keys'>, nowMs: number): PartnerKeyListing['status'] {
  if (row.revoked_at_ms !== null) return 'revoked'
  return row.expires_at_ms !== null && row.expires_at_ms <= nowMs ? 'expired' : 'active'
}

function isoOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString()
}
