import type { FileOwner } from '../files/client-files.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'

/** Every key that a user has in an app finds the same files. */
export function fileOwnerOf({ userId, partnerId, livemode }: AuthenticatedKey): FileOwner {
  return { userId, partnerId, livemode }
}
