import type { MemberApp, PartnerPermission } from '@opencredits/protocol'

/**
 * Whether a member may do something with an app in one of its worlds. Reading is always allowed to the role; changes only in
 * an approved app, and in the test world of one that waits for its approval.
 */
export function memberCan(
  app: Pick<MemberApp, 'permissions' | 'state'>,
  livemode: boolean,
  permission: PartnerPermission,
): boolean {
  const canChange = app.state === 'approved' || (app.state === 'pending' && !livemode)
  return app.permissions.includes(permission) && (canChange || !permission.endsWith(':write'))
}
