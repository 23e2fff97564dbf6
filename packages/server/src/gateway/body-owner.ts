import type { BodyOwner } from '../http/bodies-in-flight.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'

/**
 * For whom the bytes of a body count. Credits of the test world cost nothing, so nobody pays for a body there, and all
 * users of an app's test world have room together: there may be as many of them as somebody likes.
 */
export function bodyOwnerOf(
  key: Pick<AuthenticatedKey, 'livemode' | 'userId' | 'partnerId'>,
  isPaying: boolean,
): BodyOwner {
  return key.livemode ? { name: key.userId, isPaying } : { name: key.partnerId, isPaying: false }
}
