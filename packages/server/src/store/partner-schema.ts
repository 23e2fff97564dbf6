import type { Generated } from 'kysely'

/** Tables of what partners have beside their terms. */
export interface PartnerSchema {
  partner_keys: PartnerKeysTable
  partner_users: PartnerUsersTable
  partner_quarters: PartnerQuartersTable
  partner_user_days: PartnerUserDaysTable
  roll_up_marks: RollUpMarksTable
}

/** Whoever has or had a key of an app; a trigger on `keys` writes it. */
export interface PartnerUsersTable {
  partner_id: string
  user_id: string
  first_seen_ms: number
  /** `pu_…`, by which the partner knows the user; null until somebody asks. */
  public_id: string | null
}

/** Sums of the settled calls that have a row of their own and ended before the mark. */
interface CallSums {
  calls: number
  /** All buckets of input. */
  input_tokens: number
  output_tokens: number
  charge_microcredits: number
  provider_cost_microcredits: number
  share_microcredits: number
  fee_microcredits: number
}

/** By a quarter of an hour: in every time zone, days begin at one. */
export interface PartnerQuartersTable extends CallSums {
  partner_id: string
  quarter_ms: number
  model: string
}

/**
 * By user and UTC day. A guest's stay the guest's after a merge: whoever reads them goes by `users.merged_into_user_id`. Calls
 * that were rolled up before the merge and folded into `usage_days` after it are negative at the account, so only both
 * together are a sum.
 */
export interface PartnerUserDaysTable extends CallSums {
  partner_id: string
  day_ms: number
  user_id: string
}

/** Up to which moment calls are in the sums: `partner calls`. */
export interface RollUpMarksTable {
  name: string
  through_ms: number
}

/** Restricted keys, `oc_rk_…`: they read and manage one app within their scopes, and can never spend. */
export interface PartnerKeysTable {
  id: string
  partner_id: string
  /** The world that it reads and manages: that of its app's row. */
  livemode: Generated<number>
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
