import type { SessionResponse } from '@opencredits/protocol'
import { recentSignInMs } from './authenticate-session.ts'
import type { SignedInUser } from './sign-in-browser.ts'

/** What a page is told of its own session. */
export function describeSession(user: SignedInUser, operatorEmails: readonly string[]): SessionResponse {
  return {
    user: { id: user.userId, email: user.email },
    roles: operatorEmails.includes(user.email) ? ['user', 'operator'] : ['user'],
    recent_until: Math.floor((user.verifiedAtMs + recentSignInMs) / 1000),
  }
}
