import type { MemberRole, PartnerPermission } from './member-role.ts'

/**
 * `pending` and `rejected`: not live yet · `approved`: it sells · `suspended` by the operator · `closed` by its owner. Only an
 * approved app can be changed in its live world; a pending one in its test world too.
 */
export type AppState = 'pending' | 'approved' | 'rejected' | 'suspended' | 'closed'

/** `GET /v1/partner/apps`: the apps of which the signed-in user is a member, by name. */
export interface MemberAppsResponse {
  readonly data: readonly MemberApp[]
  /** Whether and how a new app is signed up here. */
  readonly sign_up: 'open' | 'approval' | 'closed'
}

export interface MemberApp {
  readonly id: string
  readonly name: string
  readonly website: string | null
  readonly logo_url: string | null
  readonly role: MemberRole
  readonly permissions: readonly PartnerPermission[]
  readonly state: AppState
  /** What the operator said to a rejection or suspension. */
  readonly state_reason: string | null
  /** For pages. While the app is not approved, the server refuses it. */
  readonly publishable_key: string
  /** For pages, in the test world; null: the app has none. */
  readonly test_publishable_key: string | null
  readonly created_at: number
}
