import type { SessionResponse } from '@opencredits/protocol'
import { recentSignInMs } from './authenticate-session.ts'
import { type RoleRules, rolesOf } from './session-roles.ts'
import type { SignedInUser } from './sign-in-browser.ts'

/** What a page is told of its own session. */
export function describeSession(user: SignedInUser, rules: RoleRules): SessionResponse {
  const { roles, isPasskeyRequired } = rolesOf(user, rules)
  return {
    user: { id: user.userId, email: user.email },
    roles,
    recent_until: Math.floor((user.verifiedAtMs + recentSignInMs) / 1000),
    passkey_required: isPasskeyRequired,
  }
}
