import { type PartnerAppSummary, type PartnerPermission, rolePermissions } from '@opencredits/protocol'

/** Whether a member may do something with an app: an app that is not approved can be looked at only. */
export function memberCan(app: Pick<PartnerAppSummary, 'role' | 'status'>, permission: PartnerPermission): boolean {
  const isChange = permission.endsWith(':write')
  return rolePermissions[app.role].includes(permission) && (!isChange || app.status === 'approved')
}
