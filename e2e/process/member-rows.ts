import { type MatrixRow, withScope } from './authorisation-cells.ts'
import type { MemberRule } from './member-matrix.ts'

/** A row of a route that a restricted key with the scope opens, and a member with the permission. */
export function forPartners(member: MemberRule, ask?: MatrixRow['ask']): MatrixRow {
  const { permission, ok } = member
  const cells = withScope(ok)
  const anyKey = permission === 'app:read' ? { ...cells, narrowPartnerKey: ok } : cells
  return { cells: anyKey, member, ...(ask === undefined ? {} : { ask }) }
}

/** A row of a route that members open and keys do not. */
export function forMembers(member: MemberRule, ask?: MatrixRow['ask']): MatrixRow {
  return { cells: withScope('403 insufficient_scope'), member, ...(ask === undefined ? {} : { ask }) }
}
