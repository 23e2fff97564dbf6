import { AppError } from '../kernel/app-error.ts'
import type { CallingMember, PartnerCaller } from './partner-caller.ts'

export interface MemberCaller extends PartnerCaller {
  readonly by: CallingMember
}

/** Narrows a caller to a member. @throws AppError 403 `insufficient_scope` for a key */
export function requireMember({ by, ...app }: PartnerCaller): MemberCaller {
  if (by.kind === 'member') return { ...app, by }
  throw membersOnly()
}

/** The refusal of every key, whatever its scopes. */
export function membersOnly(): AppError {
  return new AppError('insufficient_scope', 'No key may do that: a member of the app does it, signed in at /partner.', {
    headers: { 'x-should-retry': 'false' },
  })
}
