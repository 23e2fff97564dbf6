import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { isPersonal } from '../keys/personal-key.ts'
import type { HistoryScope } from './history.ts'

/**
 * What a key may read: an app's key what happened in its app, a key that its owner made its own calls. A guest's wallet
 * holds only what was bought with its key, so that one reads all of it.
 */
export function scopeOf(
  key: Pick<AuthenticatedKey, 'keyId' | 'userId' | 'partnerId' | 'source' | 'isGuest'>,
): HistoryScope {
  return {
    userId: key.userId,
    partnerId: key.isGuest ? null : key.partnerId,
    keyId: isPersonal(key) ? key.keyId : null,
  }
}
