import { randomBytes } from 'node:crypto'
import { sealText, unsealText } from '../files/seal-bytes.ts'
import { assert } from '../kernel/assert.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Row } from '../store/schema.ts'

type Sealing = Pick<Pepper, 'deriveWrappingKey'>

/** As Standard Webhooks has it: `whsec_` and 32 bytes in base64. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/** Signing needs the secret back, so a hash is not enough: it is sealed under a key from the pepper. */
export function sealSecret(pepper: Sealing, endpointId: string, secret: string): string {
  return sealText(pepper.deriveWrappingKey(endpointId, 'webhook-secret'), endpointId, secret)
}

type SealedSecrets = Pick<
  Row<'webhook_endpoints'>,
  'id' | 'secret_ciphertext' | 'previous_secret_ciphertext' | 'previous_until_ms'
>

/** The secrets that sign now, the newest first; two of them while one is rolled. */
export function openSecrets(pepper: Sealing, endpoint: SealedSecrets, nowMs: number): readonly string[] {
  const { secret_ciphertext: newest, previous_secret_ciphertext: previous, previous_until_ms: untilMs } = endpoint
  const isInGrace = previous !== null && untilMs !== null && untilMs > nowMs
  return (isInGrace ? [newest, previous] : [newest]).map((sealed) => {
    const secret = unsealText(pepper.deriveWrappingKey(endpoint.id, 'webhook-secret'), endpoint.id, sealed)
    assert(secret !== null, 'a webhook secret does not open: is KEY_PEPPER the one that it was sealed with?')
    return secret
  })
}
