import type { KeyObject } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { KeptOwner } from '../kept/kept-content.ts'
import { assert } from '../kernel/assert.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { readCredentials } from '../keys/read-credentials.ts'
import type { GatewayDeps } from './gateway-deps.ts'

/** A key is one object as long as it does not change. */
const sealingKeys = new WeakMap<AuthenticatedKey, KeyObject>()

/** Who asks, with the key that opens what was kept under the same secret. */
export function keptOwnerOf(
  { pepper }: Pick<GatewayDeps, 'pepper'>,
  key: AuthenticatedKey,
  { headers }: Pick<IncomingMessage, 'headers'>,
): KeptOwner {
  const known = sealingKeys.get(key)
  if (known !== undefined) return { keyId: key.keyId, sealingKey: known }
  const secret = readCredentials(headers).payingKey
  assert(secret !== null, 'who was authenticated has sent a secret')
  const sealingKey = pepper.deriveKey('kept', secret)
  sealingKeys.set(key, sealingKey)
  return { keyId: key.keyId, sealingKey, livemode: key.livemode }
}
