import type { Role } from '@opencredits/protocol'
import { AppError } from '../kernel/app-error.ts'
import type { SessionPlace } from './session-cookie.ts'

/** A role that an operator can bind to a passkey. */
export const passkeyRoles = ['operator', 'partner'] as const

/** What the operator has set: who has a role, and which roles an e-mailed code alone does not open. */
export interface RoleRules {
  /** Lower case. */
  readonly operatorEmails: readonly string[]
  readonly requirePasskeyOf: readonly (typeof passkeyRoles)[number][]
}

/** Of whom, where, and what was proven in the session. */
export interface RoleHolder {
  readonly email: string
  /** Of any app. */
  readonly isMember: boolean
  /** A frame is in an app's page, and an app that forwards a code can open one: no role but the user's own is there. */
  readonly place: SessionPlace
  /** When a passkey was last checked in the session; null: never. */
  readonly passkeyAtMs: number | null
}

export interface SessionRoles {
  readonly roles: readonly Role[]
  /** The user has a role that this session is without, until a passkey is used in it. */
  readonly isPasskeyRequired: boolean
}

type BoundRole = RoleRules['requirePasskeyOf'][number]

/** The one place where a session gets its roles. */
export function rolesOf(holder: RoleHolder, rules: RoleRules): SessionRoles {
  const held = boundRolesOf(holder, rules)
  const open = held.filter((role) => !waitsForPasskey(role, holder, rules))
  return {
    roles: ['user', ...(holder.place === 'account' ? open : [])],
    isPasskeyRequired: open.length < held.length,
  }
}

function boundRolesOf({ email, isMember }: RoleHolder, { operatorEmails }: RoleRules): readonly BoundRole[] {
  const isOperator = operatorEmails.includes(email)
  return passkeyRoles.filter((role) => (role === 'operator' ? isOperator : isMember))
}

function waitsForPasskey(role: BoundRole, { passkeyAtMs }: RoleHolder, { requirePasskeyOf }: RoleRules): boolean {
  return requirePasskeyOf.includes(role) && passkeyAtMs === null
}

/**
 * For what needs a role. @param needed left out: each that the user has
 * @throws AppError 403 `passkey_required` in a session that waits for a passkey.
 */
export function requirePasskey(holder: RoleHolder, rules: RoleRules, needed?: BoundRole): void {
  const waiting = boundRolesOf(holder, rules).find(
    (role) => (needed ?? role) === role && waitsForPasskey(role, holder, rules),
  )
  if (waiting === undefined) return
  const whom = waiting === 'operator' ? 'operators' : 'members of apps'
  throw new AppError(
    'passkey_required',
    `This installation asks ${whom} for a passkey (REQUIRE_PASSKEY). Sign in with one, or add the first one on the account page under Settings and then sign in with it.`,
  )
}
