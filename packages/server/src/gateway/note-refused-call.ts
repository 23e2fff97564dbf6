import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../kernel/app-error.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { findPartnerKey } from '../keys/find-partner-key.ts'
import { kindOfSecret } from '../keys/key-format.ts'
import { readCredentials } from '../keys/read-credentials.ts'
import type { Observations } from '../partners/observations.ts'
import type { GatewayDeps } from './gateway-deps.ts'

/** Tells the app's developer of a call that was refused. A failure of ours is the operator's to see, not theirs. */
export function noteRefusedCall(
  observations: Pick<Observations, 'note'>,
  { path, key }: { readonly path: string; readonly key: AuthenticatedKey },
  error: unknown,
): void {
  // Personal keys are used outside of any app.
  if (!(error instanceof AppError) || error.status >= 500 || key.source === 'account') return
  observations.note(key.partnerId, 'call_refused', `${path} ${error.code}`)
}

/**
 * Tells the developer whose app calls a model with a key that names or manages the app instead of a user's. Other wrong keys
 * belong to nobody.
 */
export async function noteMisusedKey(
  { db, clock, pepper, partners, observations }: GatewayDeps,
  headers: IncomingHttpHeaders,
): Promise<void> {
  const { payingKey } = readCredentials(headers)
  const kind = payingKey === null ? null : kindOfSecret(payingKey)
  if (payingKey === null || (kind !== 'pk' && kind !== 'rk')) return
  const partnerId =
    kind === 'rk'
      ? (await findPartnerKey({ db, pepper }, payingKey, clock.nowMs()))?.partnerId
      : await partners.byPublishableKey(payingKey).then(
          ({ id }) => id,
          () => undefined,
        )
  if (partnerId !== undefined) observations.note(partnerId, 'key_misused', kind)
}
