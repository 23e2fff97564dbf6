import type { Generated } from 'kysely'

/** Tables of people and their access: users, keys, where they are signed in, which apps may spend, and who changed what. */
export interface PeopleSchema {
  users: UsersTable
  keys: KeysTable
  login_codes: LoginCodesTable
  sessions: SessionsTable
  known_devices: KnownDevicesTable
  passkeys: PasskeysTable
  passkey_challenges: PasskeyChallengesTable
  consents: ConsentsTable
  consent_requests: ConsentRequestsTable
  claim_links: ClaimLinksTable
  notification_settings: NotificationSettingsTable
  audit_log: AuditLogTable
}

/** A person with one wallet; a guest until an e-mail is verified. */
export interface UsersTable {
  id: string
  /** 1 in the live world, 0 in the test world: one person has a user in each, with wallets that never meet. */
  livemode: Generated<number>
  /** Lower case, verified, unique within its world; null for a guest. */
  email: string | null
  /** Where a guest's wallet went when it signed in. */
  merged_into_user_id: string | null
  created_at_ms: number
  /** Set when a call costs more than its hold, until an operator clears it: calls are held at the context window. */
  marked_at_ms: number | null
  /** The first such call. */
  marked_by_request_id: string | null
  /** When an operator last cleared the mark. */
  mark_cleared_at_ms: number | null
  /** When the user was erased: the row remains, for the ledger. */
  deleted_at_ms: number | null
  /** The language of mails, from the last sign-in. */
  locale: string | null
}

/** Users' keys, which spend: secrets by their keyed hash only. Partners' keys are in a table of their own. */
export interface KeysTable {
  id: string
  kind: 'user'
  /** HMAC-SHA-256 of the secret under the pepper, hex. */
  secret_hash: string
  last_four: string
  user_id: string | null
  partner_id: string
  /** The world of its user and its app. */
  livemode: Generated<number>
  name: string | null
  /** What issued it. */
  source: 'checkout' | 'login' | 'named' | 'account' | 'grant'
  budget_microcredits: number | null
  budget_window: 'total' | 'day' | 'week' | 'month' | null
  requests_per_minute: number | null
  /** JSON array of model ids, or null for all that the partner allows. */
  models: string | null
  created_at_ms: number
  expires_at_ms: number | null
  revoked_at_ms: number | null
  /** The consent whose budget and models hold for it in place of its own. */
  consent_id: string | null
  /** Of the guest with whom it came: what came along, for all keys of that guest. A consent's budget holds beside it. */
  budget_id: string | null
  /** The sign-in in which it was made, and with which it ends. */
  session_id: string | null
  /** An app's key that is not used dies. Disuse counts from its making, or from here on where this is set. */
  idle_from_ms: number | null
  last_used_at_ms: number | null
  last_used_address: string | null
  /** The secret before a roll, good until its grace time is over. */
  previous_secret_hash: string | null
  previous_secret_until_ms: number | null
}

export interface LoginCodesTable {
  id: string
  email: string
  partner_id: string
  /** 0: for the test world, where no mail is sent and the code is known. */
  livemode: Generated<number>
  /** HMAC of login id and code under the pepper. */
  code_hash: string
  tries: Generated<number>
  created_at_ms: number
  expires_at_ms: number
  used_at_ms: number | null
}

/** A browser that is signed in to an account, on our own origin. */
export interface SessionsTable {
  id: string
  /** HMAC-SHA-256 of the cookie's value under the pepper, hex. */
  token_hash: string
  user_id: string
  /** `account`: on our own pages · `frame`: in the checkout inside an app's page. */
  place: 'account' | 'frame'
  /** The app whose page the frame was in. */
  partner_id: string | null
  user_agent: string | null
  address: string | null
  created_at_ms: number
  last_used_at_ms: number
  expires_at_ms: number
  /** When a code or a passkey was last checked in this session: acts that need a recent sign-in look at it. */
  verified_at_ms: number
  /** When a passkey was last checked in it; null: never. */
  passkey_at_ms: number | null
  ended_at_ms: number | null
}

/** A browser that a user was signed in with before. */
export interface KnownDevicesTable {
  user_id: string
  /** Keyed hash of the value that the browser keeps for a year. */
  device_hash: string
  created_at_ms: number
  last_seen_at_ms: number
}

export interface PasskeysTable {
  /** The credential's id, base64url. */
  id: string
  user_id: string
  name: string
  /** COSE key, base64url. */
  public_key: string
  counter: number
  /** JSON array of strings, or null. */
  transports: string | null
  created_at_ms: number
  last_used_at_ms: number | null
}

/** A challenge works once. */
export interface PasskeyChallengesTable {
  /** Keyed hash of the value that the browser keeps. */
  id: string
  challenge: string
  purpose: 'register' | 'sign_in'
  /** Whose; null while it is not known who signs in. */
  user_id: string | null
  expires_at_ms: number
}

/** That a user lets an app spend, and how much. All keys that the app has of the user share this budget. */
export interface ConsentsTable {
  id: string
  user_id: string
  partner_id: string
  /** Null: no limit. */
  budget_microcredits: number | null
  budget_window: 'total' | 'day' | 'week' | 'month' | null
  /** JSON array of model ids, or null for all that the partner allows. */
  models: string | null
  expires_at_ms: number | null
  created_at_ms: number
  updated_at_ms: number
  /** An app that is connected again gets a new row. */
  withdrawn_at_ms: number | null
}

/** Between the code that was right and the answer to "may this app spend?". */
export interface ConsentRequestsTable {
  /** Keyed hash of the id that the browser keeps. */
  id: string
  user_id: string
  partner_id: string
  /** The guest whose credits came along, for what the answer says. */
  /** The sign-in that asks. */
  session_id: string | null
  created_at_ms: number
  expires_at_ms: number
  used_at_ms: number | null
}

/** The link in a guest's receipt. */
export interface ClaimLinksTable {
  /** Keyed hash of the secret in the link. */
  id: string
  purchase_id: string
  email: string
  created_at_ms: number
  expires_at_ms: number
  used_at_ms: number | null
}

/** What a user wants to hear of; no row means the defaults. */
export interface NotificationSettingsTable {
  user_id: string
  is_low_balance_on: number
  low_balance_microcredits: number
  is_key_budget_on: number
  key_budget_percent: number
  is_new_app_on: number
  is_new_sign_in_on: number
  /** When the low balance was told; null once the balance is well above the threshold again. */
  low_balance_told_at_ms: number | null
  empty_balance_told_at_ms: number | null
}

/** Append-only, guarded by triggers; only an address may be taken out, when its user is erased. */
export interface AuditLogTable {
  id: string
  at_ms: number
  actor_kind: 'user' | 'partner' | 'operator' | 'cli' | 'system'
  actor_id: string | null
  /** Such as `key.created`, `consent.changed`. */
  action: string
  target_kind: string
  target_id: string
  /** Whose money, keys or access it is about: shown to them. */
  user_id: string | null
  /** JSON without secrets, or null. */
  before: string | null
  after: string | null
  reason: string | null
  request_id: string | null
  address: string | null
  /** The app that it is about: shown to its members. */
  partner_id: Generated<string | null>
}
