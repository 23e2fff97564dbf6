/** Tables of what partners have beside their terms. */
export interface PartnerSchema {
  partner_keys: PartnerKeysTable
}

/** Restricted keys, `oc_rk_…`: they read and manage one app within their scopes, and can never spend. */
export interface PartnerKeysTable {
  id: string
  partner_id: string
  name: string
  /** Separated by spaces: `usage:read webhooks:write`. */
  scopes: string
  /** HMAC-SHA-256 of the secret under the pepper, hex. */
  secret_hash: string
  last_four: string
  /** The secret before a roll, good until its grace time is over. */
  previous_secret_hash: string | null
  previous_secret_until_ms: number | null
  created_at_ms: number
  /** Null: never. */
  expires_at_ms: number | null
  /** To the minute. */
  last_used_at_ms: number | null
  revoked_at_ms: number | null
}
