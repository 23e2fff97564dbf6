/** What a route of `/v1/partner` needs. */
export type NeededPermission =
  | 'app:read'
  | 'usage:read'
  | 'payouts:read'
  | 'app:write'
  | 'webhooks:write'
  | 'keys:write'
  | 'members:write'

export const memberRoles = ['owner', 'admin', 'developer', 'finance', 'viewer'] as const
export type MemberRole = (typeof memberRoles)[number]
export const appStates = ['approved', 'pending', 'suspended', 'rejected', 'closed'] as const
export type AppState = (typeof appStates)[number]

/** Who may do what, written down a second time: the server's own table must not be the judge of itself. */
const holders: Readonly<Record<NeededPermission, readonly MemberRole[]>> = {
  'app:read': ['owner', 'admin', 'developer', 'finance', 'viewer'],
  'usage:read': ['owner', 'admin', 'developer', 'finance', 'viewer'],
  'payouts:read': ['owner', 'admin', 'finance'],
  'app:write': ['owner', 'admin', 'developer'],
  'webhooks:write': ['owner', 'admin', 'developer'],
  'keys:write': ['owner', 'admin', 'developer'],
  'members:write': ['owner', 'admin'],
}

/** What members are answered by a route. */
export interface MemberRule {
  readonly permission: NeededPermission
  /** Who may, and where nothing stands in the way. */
  readonly ok: string
  /** The same in the test world, where it differs. */
  readonly okInTest?: string
  /** Where a role or a state is answered something else for a reason of the route's own. */
  readonly but?: Partial<Record<MemberRole | AppState, string>>
}

export interface MemberCell {
  readonly role: MemberRole
  readonly state: AppState
  readonly livemode: boolean
}

/** What one member is answered, by the rules that all routes share. */
export function expectedOf(
  method: string,
  { permission, ok, okInTest = ok, but = {} }: MemberRule,
  cell: MemberCell,
): string {
  const { role, state, livemode } = cell
  if (!holders[permission].includes(role)) return '403 insufficient_scope'
  const isChange = method !== 'get' && !permission.endsWith(':read')
  const isOpen = state === 'approved' || (state === 'pending' && !livemode && permission !== 'members:write')
  if (isChange && !isOpen) return '403 app_suspended'
  return but[role] ?? but[state] ?? (livemode ? ok : okInTest)
}
