import type { Generated } from 'kysely'

/** Tables of what partners have beside their terms. */
export interface PartnerSchema {
  partner_keys: PartnerKeysTable
  partner_members: PartnerMembersTable
  partner_invitations: PartnerInvitationsTable
  partner_users: PartnerUsersTable
  partner_logos: PartnerLogosTable
  partner_quarters: PartnerQuartersTable
  partner_user_days: PartnerUserDaysTable
  roll_up_marks: RollUpMarksTable
  checkout_opens: CheckoutOpensTable
}

/** How many browsers opened an app's checkout in a quarter of an hour, each counted once a UTC day. */
export interface CheckoutOpensTable {
  partner_id: string
  quarter_ms: number
  opens: number
}

/** Of an app: what its maker sets beside its terms. */
export interface AppDeskColumns {
  /** Where users of the app ask for help. */
  support_email: Generated<string | null>
  /** Behind the operator's name on card statements, for live purchases. */
  statement_suffix: Generated<string | null>
  /** The key before a roll, good until its grace time is over. */
  previous_publishable_key: Generated<string | null>
  previous_publishable_key_until_ms: Generated<number | null>
}

/** Logos that were uploaded, re-encoded as WebP, by the SHA-256 of their bytes. */
export interface PartnerLogosTable {
  hash: string
  /** The app's row in the live world. */
  partner_id: string
  bytes: Uint8Array
  created_at_ms: number
  /** When the app took another one; pages that are open may still show it for a while. */
  replaced_at_ms: number | null
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

/** Who manages an app. Both worlds of an app have the same members: the rows are of the live one. */
export interface PartnerMembersTable {
  id: string
  partner_id: string
  user_id: string
  role: 'owner' | 'admin' | 'developer' | 'finance' | 'viewer'
  created_at_ms: number
  updated_at_ms: number
}

/** To become a member: for one address, once, for seven days from the last mail. */
export interface PartnerInvitationsTable {
  id: string
  partner_id: string
  /** Lower case. */
  email: string
  role: 'admin' | 'developer' | 'finance' | 'viewer'
  /** Keyed hash of the secret in the link of the newest mail. */
  token_hash: string
  /** How many were sent; each has a link of its own. */
  mails: number
  invited_by_user_id: string
  created_at_ms: number
  sent_at_ms: number
  expires_at_ms: number
  accepted_at_ms: number | null
  withdrawn_at_ms: number | null
}

/** Of `partners`: what an app was applied with, and how far it has come. `is_active` is what it comes to in a world. */
export interface AppStateColumns {
  /** See `AppState` of the protocol; the same in both worlds. */
  state: Generated<'pending' | 'approved' | 'rejected' | 'suspended' | 'closed'>
  /** The operator's words to the app's members. */
  state_reason: Generated<string | null>
  state_at_ms: Generated<number | null>
  /** What the app is for. */
  description: Generated<string | null>
  /** Null: the operator has made it by command. */
  applied_by_user_id: Generated<string | null>
}
