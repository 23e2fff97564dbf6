/** Apps as their members see them. */

export const memberRoles = ['owner', 'admin', 'developer', 'finance', 'viewer'] as const
export type MemberRole = (typeof memberRoles)[number]

/** The four that restricted keys may have, and three that only members have. */
export type PartnerPermission =
  | 'usage:read'
  | 'app:write'
  | 'webhooks:write'
  | 'payouts:read'
  | 'app:read'
  | 'keys:write'
  | 'members:write'

const everything = [
  'app:read',
  'usage:read',
  'payouts:read',
  'app:write',
  'webhooks:write',
  'keys:write',
  'members:write',
] as const satisfies readonly PartnerPermission[]

/** What each role may do. An admin's `members:write` ends below the owner. */
export const rolePermissions: Readonly<Record<MemberRole, readonly PartnerPermission[]>> = {
  owner: everything,
  admin: everything,
  developer: ['app:read', 'usage:read', 'app:write', 'webhooks:write', 'keys:write'],
  finance: ['app:read', 'usage:read', 'payouts:read'],
  viewer: ['app:read', 'usage:read'],
}

/** Only an approved app can be changed; the others can be read. */
export type PartnerAppStatus = 'pending' | 'approved' | 'rejected' | 'suspended'

export interface PartnerAppSummary {
  /** The same in both worlds. */
  readonly id: string
  readonly name: string
  readonly logo_url: string | null
  readonly status: PartnerAppStatus
  /** Why the operator said no; null where nobody did. */
  readonly rejection_reason: string | null
  /** Of the member that asks. */
  readonly role: MemberRole
}

/** `GET /v1/partner/apps`: the apps that the signed-in user is a member of. */
export interface PartnerAppList {
  readonly data: readonly PartnerAppSummary[]
}
