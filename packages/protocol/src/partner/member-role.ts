/** Roles of an app's members, from all rights to few. Exactly one member is the owner. */
export const memberRoles = ['owner', 'admin', 'developer', 'finance', 'viewer'] as const

export type MemberRole = (typeof memberRoles)[number]

/** What a restricted key (`oc_rk_…`) may be given. Append only: keys are kept with these words. */
export const partnerScopes = ['usage:read', 'app:write', 'webhooks:write', 'payouts:read'] as const

export type PartnerScope = (typeof partnerScopes)[number]

/**
 * What may be done with an app. `app:read` is every member's and every key's; `keys:write` and `members:write` are members'
 * only.
 */
export type PartnerPermission = PartnerScope | 'app:read' | 'keys:write' | 'members:write'

const allPermissions: readonly PartnerPermission[] = [
  'app:read',
  'usage:read',
  'payouts:read',
  'app:write',
  'webhooks:write',
  'keys:write',
  'members:write',
]

/** The one place where a role gets its permissions. */
export const memberPermissions: Readonly<Record<MemberRole, readonly PartnerPermission[]>> = {
  owner: allPermissions,
  // Of members below the owner.
  admin: allPermissions,
  developer: ['app:read', 'usage:read', 'app:write', 'webhooks:write', 'keys:write'],
  finance: ['app:read', 'usage:read', 'payouts:read'],
  viewer: ['app:read', 'usage:read'],
}

/** The scopes that a member may give to a key: those that the member's own role has. */
export function scopesOfRole(role: MemberRole): readonly PartnerScope[] {
  return partnerScopes.filter((scope) => memberPermissions[role].includes(scope))
}
