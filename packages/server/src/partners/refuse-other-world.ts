import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../kernel/app-error.ts'
import { prefixOf, readSecret } from '../keys/key-format.ts'
import { readCredentials } from '../keys/read-credentials.ts'
import type { Observations } from './observations.ts'
import type { Partner } from './partner.ts'

/** Refuses as `refuseOtherWorld` does, and lets the app's developer know. */
export function noteOtherWorld(
  observations: Pick<Observations, 'note'>,
  headers: IncomingHttpHeaders,
  partner: Pick<Partner, 'id' | 'livemode'>,
): void {
  try {
    refuseOtherWorld(headers, partner)
  } catch (error) {
    observations.note(partner.id, 'key_misused', 'other_world')
    throw error
  }
}

/**
 * Refuses a request that names an app in one world and carries a user's key of the other. Keys say their world themselves,
 * so the store is not asked; what is no key of a user is for its route to refuse.
 * @param param the field that names the app
 * @throws AppError `invalid_request` naming the field
 */
export function refuseOtherWorld(
  headers: IncomingHttpHeaders,
  { livemode }: Pick<Partner, 'livemode'>,
  param: 'publishable_key' | 'login_id' = 'publishable_key',
): void {
  const { payingKey } = readCredentials(headers)
  const key = payingKey === null ? null : readSecret(payingKey)
  if (key === null || key.kind !== 'sk' || key.livemode === livemode) return
  const [appIs, keyIs] = livemode ? ['live', 'test'] : ['test', 'live']
  throw new AppError(
    'invalid_request',
    `${param}: it is of the ${appIs} world, and the user key is of the ${keyIs} world (${prefixOf(key)}…). The two never meet: send ${prefixOf({ kind: 'pk', livemode: key.livemode })}… with this key, or no key for a new ${appIs} user.`,
    { param, headers: { 'x-should-retry': 'false' } },
  )
}
